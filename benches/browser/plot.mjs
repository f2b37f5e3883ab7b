// Curves as SVG, drawn by ECharts without a browser.
import { createRequire } from 'node:module';

const echarts = createRequire(new URL('../package.json', import.meta.url))('echarts');
const COLOURS = ['#1e5a44', '#c9503f', '#3f6ea5', '#b86f2a'];

/** @param {{ x: string, points: { x: number, y: Record<string, number> }[] }} curve milliseconds over a growing quantity */
export function plot({ x, points }) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 360 });
  const names = Object.keys(points[0].y);
  const log = { type: 'log', minorSplitLine: { show: false }, splitLine: { lineStyle: { color: '#e5ddd0' } }, axisLabel: { color: '#525c56' } };
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: COLOURS,
    grid: { left: 70, right: 24, top: 48, bottom: 56 },
    legend: { data: names, top: 8, textStyle: { color: '#1d2420' } },
    xAxis: { ...log, name: x, nameLocation: 'middle', nameGap: 32, nameTextStyle: { color: '#525c56' } },
    yAxis: { ...log, name: 'ms', nameTextStyle: { color: '#525c56' } },
    series: names.map((name) => ({ name, type: 'line', symbolSize: 7, data: points.map((point) => [Math.max(point.x, 1), point.y[name]]) })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
