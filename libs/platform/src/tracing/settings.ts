import type { Setting } from '../config/setting.js';

/** The name is OpenTelemetry's own. */
export const TRACE_RATIO_SETTING: Setting<number> = {
  name: 'OTEL_TRACES_SAMPLER_ARG',
  description: 'Part of the traces that begin here and are kept; for others their beginner has decided',
  expects: 'a number from 0 to 1',
  secret: false,
  absent: { value: 1, shown: '1' },
  read: (text) => {
    const ratio = /^(?:0|1|0?\.[0-9]{1,6}|1\.0+)$/.test(text) ? Number(text) : NaN;
    if (!(ratio >= 0 && ratio <= 1)) throw new RangeError('it is not');
    return ratio;
  },
};
