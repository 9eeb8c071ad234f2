import type { Discovery, DiscoveryDeps } from './discovery.ts';
import { listTrending } from './trending.ts';

export function createDiscovery(deps: DiscoveryDeps): Discovery {
  return {
    popular({ category, language, limit, after }, call) {
      if (after !== undefined) return deps.popularLists.later(after, limit, call);
      const filter = {
        ...(category !== undefined && { category }),
        ...(language !== undefined && { language }),
      };
      return deps.popularLists.first(filter, limit, call);
    },
    trending: (query, call) => listTrending(deps, query, call),
    trendingCategories: (window, limit, call) => deps.activity.trendingCategories(window, limit, call),
    newest: ({ filter, limit, after }, call) => {
      const released = { ...filter, releasedBefore: new Date(deps.clock.now()).toISOString().slice(0, 10) };
      return deps.catalog.query(
        { filter: released, sort: '-releaseDate', limit, ...(after && { after }) },
        call,
      );
    },
    categories: (call) => deps.catalog.categories(call),
  };
}
