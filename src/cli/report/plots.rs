//! Plots, as SVG that takes its colours from the page.

use anyhow::{Result, anyhow};
use plotters::chart::MeshStyle;
use plotters::coord::ranged1d::{IntoSegmentedCoord, ValueFormatter};
use plotters::prelude::*;

use super::analysis::{DayFigures, Estimate, Verdict};
use super::figures::percent;

/// Colours that stand for the page's own: see [`themed`].
pub const INK: RGBColor = RGBColor(1, 1, 1);
pub const GRID: RGBColor = RGBColor(2, 2, 2);
pub const ACCENT: RGBColor = RGBColor(3, 3, 3);
pub const SOFT: RGBColor = RGBColor(4, 4, 4);
pub const GOOD: RGBColor = RGBColor(5, 5, 5);
pub const BAD: RGBColor = RGBColor(6, 6, 6);
const THEME: [(&str, &str); 6] = [
    ("#010101", "currentColor"),
    ("#020202", "var(--line)"),
    ("#030303", "var(--accent)"),
    ("#040404", "var(--soft)"),
    ("#050505", "var(--good)"),
    ("#060606", "var(--bad)"),
];

const WIDTH: u32 = 720;
pub const FONT: (&str, u32) = ("system-ui, Noto Sans SC, sans-serif", 13);

/// A row of [`forest`].
pub struct Row {
    pub label: String,
    /// The interval of one look at the end.
    pub fixed: Estimate,
    /// The interval that allows looking, where it is shown.
    pub sequential: Option<Estimate>,
    pub verdict: Verdict,
}

/// Estimates with their intervals, one under the other, around 0.
pub fn forest(rows: &[Row]) -> Result<String> {
    let low = rows.iter().map(|row| row.sequential.map_or(row.fixed.low, |wide| wide.low.min(row.fixed.low))).fold(-0.01, f64::min);
    let high = rows.iter().map(|row| row.sequential.map_or(row.fixed.high, |wide| wide.high.max(row.fixed.high))).fold(0.01, f64::max);
    let (low, high) = (low.max(-2.0), high.min(2.0));
    let margin = (high - low) * 0.04;
    let count = i32::try_from(rows.len())?;
    let height = 52 + 34 * u32::try_from(rows.len())?;
    drawn(height, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .x_label_area_size(28)
            .y_label_area_size(190)
            .build_cartesian_2d(low - margin..high + margin, (0..count).into_segmented())
            .map_err(said)?;
        let label = |value: &SegmentValue<i32>| match value {
            SegmentValue::CenterOf(place) => {
                usize::try_from(count - 1 - place).ok().and_then(|place| rows.get(place)).map(|row| row.label.clone()).unwrap_or_default()
            }
            _ => String::new(),
        };
        meshed(
            chart
                .configure_mesh()
                .disable_y_mesh()
                .x_labels(7)
                .x_label_formatter(&|share| percent(*share))
                .y_labels(rows.len().max(2))
                .y_label_formatter(&label),
        )?;
        chart
            .draw_series([PathElement::new(vec![(0.0, SegmentValue::Exact(0)), (0.0, SegmentValue::Exact(count))], INK.stroke_width(1))])
            .map_err(said)?;
        for (place, row) in (0..count).rev().zip(rows) {
            let at = |share: f64| (share.clamp(low - margin, high + margin), SegmentValue::CenterOf(place));
            let colour = match row.verdict {
                Verdict::Better => GOOD,
                Verdict::Worse => BAD,
                Verdict::Unclear => ACCENT,
            };
            if let Some(wide) = row.sequential {
                chart.draw_series([PathElement::new(vec![at(wide.low), at(wide.high)], colour.stroke_width(1))]).map_err(said)?;
            }
            chart.draw_series([PathElement::new(vec![at(row.fixed.low), at(row.fixed.high)], colour.stroke_width(5))]).map_err(said)?;
            chart.draw_series([Circle::new(at(row.fixed.estimate), 6, colour.filled())]).map_err(said)?;
        }
        Ok(())
    })
}

/// The estimate of each day so far, with the interval that allows looking.
pub fn days(days: &[&DayFigures], axis: &str) -> Result<String> {
    let points: Vec<(f64, Estimate)> =
        days.iter().zip(1_u32..).filter_map(|(day, number)| Some((f64::from(number), day.sequential?))).collect();
    let last = points.last().map_or(1.0, |(day, _)| *day).max(2.0);
    // The first days' intervals would flatten all others.
    let later = points.iter().skip(points.len() / 6).map(|(_, point)| point);
    let (low, high) = later.fold((-0.02, 0.02), |(low, high): (f64, f64), point| (low.min(point.low), high.max(point.high)));
    let (low, high) = (low.max(-2.0), high.min(2.0));
    drawn(260, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .x_label_area_size(42)
            .y_label_area_size(64)
            .build_cartesian_2d(1.0..last, low..high)
            .map_err(said)?;
        meshed(
            chart
                .configure_mesh()
                .x_labels(8)
                .x_desc(axis)
                .x_label_formatter(&|day| format!("{day:.0}"))
                .y_label_formatter(&|share| percent(*share)),
        )?;
        let held = |share: f64| share.clamp(low, high);
        let above = points.iter().map(|(day, point)| (*day, held(point.high)));
        let below = points.iter().rev().map(|(day, point)| (*day, held(point.low)));
        chart.draw_series([Polygon::new(above.chain(below).collect::<Vec<_>>(), SOFT.filled())]).map_err(said)?;
        chart.draw_series([PathElement::new(vec![(1.0, 0.0), (last, 0.0)], INK.stroke_width(1))]).map_err(said)?;
        let line = points.iter().map(|(day, point)| (*day, held(point.estimate)));
        chart.draw_series(LineSeries::new(line, ACCENT.stroke_width(2))).map_err(said)?;
        Ok(())
    })
}

/// A drawing of this height, with the colours of the page.
pub fn drawn(height: u32, draw: impl FnOnce(&DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> Result<()>) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        draw(&area)?;
        area.present().map_err(said)?;
    }
    Ok(themed(svg))
}

/// Draws axes and grid in the style of all plots.
pub fn meshed<X, Y>(mesh: &mut MeshStyle<'_, '_, X, Y, SVGBackend<'_>>) -> Result<()>
where
    X: Ranged + ValueFormatter<<X as Ranged>::ValueType>,
    Y: Ranged + ValueFormatter<<Y as Ranged>::ValueType>,
{
    mesh.label_style(FONT.into_font().color(&INK))
        .axis_desc_style(FONT.into_font().color(&INK))
        .axis_style(GRID)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .draw()
        .map_err(said)
}

/// With the page's colours, for light and dark alike.
fn themed(svg: String) -> String {
    THEME.iter().fold(svg, |svg, (stand_in, colour)| svg.replace(stand_in, colour))
}

/// What went wrong.
pub fn said(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("the plot could not be drawn: {error}")
}
