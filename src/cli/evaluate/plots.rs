//! Plots of an evaluation, drawn as those of `regulars report` are.

use anyhow::Result;
use plotters::prelude::*;

use super::metrics::Mean;
use crate::report::language::Language;
use crate::report::plots::{ACCENT, FONT, GOOD, GRID, INK, drawn, meshed, said};

/// A line of [`lines`]: its points from left to right, parallel to the names below.
pub struct Line {
    pub name: String,
    pub points: Vec<Mean>,
}

const COLOURS: [RGBColor; 3] = [ACCENT, INK, GOOD];

/// Means with their intervals over named places, one line a system.
pub fn lines(places: &[String], below: &str, lines: &[Line]) -> Result<String> {
    let count = places.len().max(2) as f64 - 1.0;
    let high = lines.iter().flat_map(|line| &line.points).map(|point| point.interval[1]).fold(0.01, f64::max) * 1.08;
    drawn(300, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_top(34)
            .x_label_area_size(44)
            .y_label_area_size(56)
            .build_cartesian_2d(-0.3..count + 0.3, 0.0..high)
            .map_err(said)?;
        let label = |at: &f64| {
            let place = at.round();
            if (at - place).abs() > 0.01 || place < 0.0 { String::new() } else { places.get(place as usize).cloned().unwrap_or_default() }
        };
        meshed(
            chart
                .configure_mesh()
                .disable_x_mesh()
                .x_labels(places.len() * 2)
                .x_desc(below)
                .x_label_formatter(&label)
                .y_label_formatter(&|value| format!("{value:.2}")),
        )?;
        for (number, line) in lines.iter().enumerate() {
            let colour = COLOURS[number % COLOURS.len()];
            // Beside each other, so that intervals can be told apart.
            let aside = 0.06 * (number as f64 - (lines.len() as f64 - 1.0) / 2.0);
            let at = |place: usize| place as f64 + aside;
            chart
                .draw_series(LineSeries::new(
                    line.points.iter().enumerate().map(|(place, point)| (at(place), point.mean)),
                    colour.stroke_width(2),
                ))
                .map_err(said)?;
            for (place, point) in line.points.iter().enumerate() {
                chart
                    .draw_series([PathElement::new(
                        vec![(at(place), point.interval[0].max(0.0)), (at(place), point.interval[1])],
                        colour.stroke_width(2),
                    )])
                    .map_err(said)?;
                chart.draw_series([Circle::new((at(place), point.mean), 4, colour.filled())]).map_err(said)?;
            }
        }
        legend(area, lines)
    })
}

/// Names in the colours of their lines, above the plot.
fn legend(area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>, lines: &[Line]) -> Result<()> {
    for (number, line) in lines.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let (left, top) = (68 + 210 * number as i32, 6);
        area.draw(&Circle::new((left, top + 6), 5, colour.filled())).map_err(said)?;
        area.draw(&Text::new(line.name.clone(), (left + 12, top), FONT.into_font().color(&INK))).map_err(said)?;
    }
    Ok(())
}

/// What was found over what was told; on the diagonal they are the same.
pub fn calibration(bins: &[(f64, f64, usize)], say: Language) -> Result<String> {
    let high = bins.iter().map(|(told, found, _)| told.max(*found)).fold(0.01, f64::max) * 1.08;
    drawn(320, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..high, 0.0..high)
            .map_err(said)?;
        mesh(&mut chart, say.of("told to be bought", "预测购买率"), say.of("bought", "实际购买率"))?;
        chart.draw_series([PathElement::new(vec![(0.0, 0.0), (high, high)], GRID.stroke_width(2))]).map_err(said)?;
        chart.draw_series(LineSeries::new(bins.iter().map(|(told, found, _)| (*told, *found)), ACCENT.stroke_width(2))).map_err(said)?;
        for (told, found, count) in bins {
            let margin = 1.96 * (found * (1.0 - found) / (*count as f64).max(1.0)).sqrt();
            chart
                .draw_series([PathElement::new(
                    vec![(*told, (found - margin).max(0.0)), (*told, (found + margin).min(high))],
                    ACCENT.stroke_width(2),
                )])
                .map_err(said)?;
            chart.draw_series([Circle::new((*told, *found), 5, ACCENT.filled())]).map_err(said)?;
        }
        Ok(())
    })
}

/// Accuracy over how much of the catalog is shown: a point a setting.
pub fn trades(points: &[(String, f64, f64)], say: Language) -> Result<String> {
    let most = |of: fn(&(String, f64, f64)) -> f64| points.iter().map(of).fold(0.01, f64::max) * 1.1;
    let (right, high) = (most(|point| point.1), most(|point| point.2));
    drawn(340, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..right * 1.25, 0.0..high)
            .map_err(said)?;
        mesh(&mut chart, say.of("share of the catalog shown", "展示的商品占比"), "nDCG@10")?;
        for (name, shown, ndcg) in points {
            chart.draw_series([Circle::new((*shown, *ndcg), 5, ACCENT.filled())]).map_err(said)?;
            let place = (*shown + right * 0.012, *ndcg + high * 0.012);
            if name.starts_with("longTail") || name == "as it is" {
                chart.draw_series([Text::new(name.clone(), place, FONT.into_font().color(&INK))]).map_err(said)?;
            }
        }
        Ok(())
    })
}

/// How much of what is shown falls on the items shown most.
pub fn shown(points: &[(usize, f64)], say: Language) -> Result<String> {
    let most = points.last().map_or(10.0, |point| point.0 as f64).max(2.0);
    drawn(280, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d((1.0..most).log_scale(), 0.0..1.0)
            .map_err(said)?;
        meshed(
            chart
                .configure_mesh()
                .x_labels(6)
                .x_desc(say.of("items, those shown most first", "商品数，展示最多的在前"))
                .y_desc(say.of("share of what is shown", "占展示的份额"))
                .x_label_formatter(&|items| format!("{items:.0}"))
                .y_label_formatter(&|share| format!("{:.0}%", share * 100.0)),
        )?;
        chart
            .draw_series(LineSeries::new(points.iter().map(|(items, share)| (*items as f64, *share)), ACCENT.stroke_width(2)))
            .map_err(said)?;
        Ok(())
    })
}

type Plane<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>>;

fn mesh(chart: &mut Plane<'_, '_>, below: &str, beside: &str) -> Result<()> {
    meshed(
        chart
            .configure_mesh()
            .x_labels(6)
            .y_labels(6)
            .x_desc(below)
            .y_desc(beside)
            .x_label_formatter(&|value| format!("{value:.2}"))
            .y_label_formatter(&|value| format!("{value:.2}")),
    )
}
