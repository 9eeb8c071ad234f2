import type { Finding } from '../../../domain/finding.ts';
import type { ServerInfo } from './server-info.ts';

const MEND = 'CONFIG SET appendonly yes, with appendfsync everysec';

/** What a crash of the server loses (Redis documentation, "Redis persistence"). */
export function crashFinding(info: ServerInfo, keepsData: boolean): Finding {
  const { field, save } = info;
  if (field('aof_enabled') === '1') return logFinding(info);
  if (!keepsData)
    return { level: 'ok', text: 'a crash loses counters and copies, which come again; nothing else is here' };
  if (save === '')
    return {
      level: 'warning',
      text: 'a crash or restart loses everything: nothing is written to disk',
      mend: MEND,
    };
  const changes = field('rdb_changes_since_last_save') ?? 'an unknown number of';
  const snapshot =
    save === undefined ? 'the last snapshot, if any are made' : `the last snapshot (save ${save})`;
  return {
    level: 'warning',
    text: `a crash loses what came after ${snapshot}: ${changes} changes now`,
    mend: MEND,
  };
}

function logFinding({ field, appendfsync }: ServerInfo): Finding {
  if (field('aof_last_write_status') === 'err')
    return {
      level: 'fault',
      text: 'can not write its log: writes are refused',
      mend: 'see its log; is the disk full?',
    };
  if (appendfsync === 'no')
    return {
      level: 'warning',
      text: 'a crash of the machine loses what its system has not written yet, some 30 seconds (appendfsync no)',
      mend: 'CONFIG SET appendfsync everysec',
    };
  if (appendfsync === 'always')
    return { level: 'ok', text: 'a crash loses nothing acknowledged (appendfsync always)' };
  const setting = appendfsync === undefined ? 'appendfsync unknown' : `appendfsync ${appendfsync}`;
  return { level: 'ok', text: `a crash loses the last two seconds at most (appendonly, ${setting})` };
}
