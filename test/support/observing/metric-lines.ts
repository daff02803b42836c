import type { Metrics } from '#platform/metrics/metrics';

/** The value of one series, `name{label="value"}` with its labels in the order of the text; undefined when it isn't there. */
export async function valueOf(metrics: Metrics, series: string): Promise<number | undefined> {
  const line = (await metrics.text()).split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
