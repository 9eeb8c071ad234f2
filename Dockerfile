# MediaMesh for production: Postgres, Redis and DynamoDB come by environment; the embedded database is not in the image.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Without the optional packages: the image has a Node of its own and no embedded Postgres.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:24.21.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    MEDIAMESH_MODE=engines \
    HOST=0.0.0.0
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY bin ./bin
COPY src ./src
USER node
EXPOSE 3000
# Liveness asks no store: a database that is away must not have the container restarted.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD node bin/health.mjs
ENTRYPOINT ["node", "bin/mediamesh.mjs"]
CMD ["serve"]
