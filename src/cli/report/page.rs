//! The page: one file that needs no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::analysis::{EffectFigures, ExperimentFigures, Figures, LEADING, Verdict};
use super::figures::{count, interval, mean, p_value, percent, share};
use super::measures::{MEASURES, Measure};
use super::plots::{self, Row};
use crate::clock::written;

/// The whole page.
pub fn page(figures: &Figures, title: &str) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                header {
                    h1 { (title) }
                    p.quiet {
                        (count(usize::try_from(figures.events).unwrap_or(0))) " events from " (day(figures.from)) " to " (day(figures.to))
                        ". Each unit counts for " (figures.plan.window) " days from its first exposure."
                    }
                }
                main {
                    @for experiment in &figures.experiments { (section(figures, experiment)) }
                    (method(figures))
                }
            }
        }
    }
    .into_string()
}

fn day(at: i64) -> String {
    written(at).chars().take(10).collect()
}

fn section(figures: &Figures, experiment: &ExperimentFigures) -> Markup {
    let hoped: Vec<&EffectFigures> = experiment.effects.iter().filter(|effect| !effect.guardrail && effect.relative.is_some()).collect();
    let watched: Vec<&EffectFigures> = experiment.effects.iter().filter(|effect| effect.guardrail && effect.relative.is_some()).collect();
    let several = experiment.arms.len() > 2;
    html! {
        section {
            h2 { (experiment.key) }
            (ratio(experiment))
            h3 { "Arms" }
            (arms(figures, experiment))
            @if !hoped.is_empty() {
                h3 { "Effects against " (control(experiment)) }
                p.quiet { "Thick: the interval for one look at the end. Thin: the interval that stays right however often one looks." }
                (forest(figures, &hoped, several))
                (effects(figures, &hoped, several))
            }
            @if !watched.is_empty() {
                h3 { "Guardrails" }
                p.quiet { "Watched for harm: lower is better. Not corrected for how many there are, so that no harm is missed." }
                (forest(figures, &watched, several))
                (effects(figures, &watched, several))
            }
            (by_day(experiment))
            (by_segment(experiment))
        }
    }
}

fn control(experiment: &ExperimentFigures) -> &str {
    experiment.arms.first().map_or("control", |arm| &arm.arm)
}

fn ratio(experiment: &ExperimentFigures) -> Markup {
    let several = (experiment.in_several > 0).then(|| {
        html! { p.quiet { (count(usize::try_from(experiment.in_several).unwrap_or(0))) " units were seen in several arms and are left out." } }
    });
    html! {
        @match &experiment.sample_ratio {
            Some(ratio) if ratio.is_mismatch => {
                div.says.bad {
                    strong { "Sample ratio mismatch" } " (p " (p_value(ratio.p_value)) "): units did not come to the arms in the planned shares. "
                    "Something is broken, and no figure below can be trusted."
                }
            }
            Some(ratio) => { div.says { "Units came to the arms in the planned shares (p " (p_value(ratio.p_value)) ")." } }
            None => { div.says.bad { "Only one arm has units: there is nothing to compare." } }
        }
        (several.unwrap_or_default())
    }
}

fn arms(figures: &Figures, experiment: &ExperimentFigures) -> Markup {
    let shown: Vec<(usize, &Measure)> = figures.measures.iter().enumerate().collect();
    html! {
        div.wide {
            table {
                thead { tr { th { "Arm" } th { "Units" } th { "Planned" } @for (_, measure) in &shown { th { (measure.title) } } } }
                tbody {
                    @for arm in &experiment.arms {
                        tr {
                            td { (arm.arm) } td { (count(arm.units)) } td { (share(arm.planned_share)) }
                            @for (place, measure) in &shown {
                                td { @match arm.means.get(*place).copied().flatten() {
                                    Some(found) => (mean(measure, found.mean, figures.plan.decimals)),
                                    None => "–",
                                } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn title_of(figures: &Figures, name: &str) -> &'static str {
    figures.measures.iter().find(|measure| measure.name == name).map_or("", |measure| measure.title)
}

fn forest(figures: &Figures, effects: &[&EffectFigures], several: bool) -> Markup {
    let row = |effect: &&EffectFigures| {
        let title = title_of(figures, effect.measure);
        let label = if several { format!("{title}, {}", effect.arm) } else { title.to_owned() };
        Some(Row { label, fixed: effect.relative?, sequential: effect.sequential, verdict: effect.verdict })
    };
    plot(plots::forest(&effects.iter().filter_map(row).collect::<Vec<_>>()), "Relative effects with their intervals")
}

fn plot(svg: anyhow::Result<String>, label: &str) -> Markup {
    match svg {
        Ok(svg) => html! { div.wide role="img" aria-label=(label) { (PreEscaped(svg)) } },
        Err(error) => html! { p.quiet { (error) } },
    }
}

fn effects(figures: &Figures, effects: &[&EffectFigures], several: bool) -> Markup {
    html! {
        div.wide {
            table {
                thead {
                    tr {
                        th { "Measure" }
                        @if several { th { "Arm" } }
                        th { "Effect, one look" } th { "However often one looks" } th { "Chance to be better" } th { "p (Welch)" } th { "p, corrected" }
                        th { "p, mixture" } th { "CUPED: p; variance" }
                    }
                }
                tbody {
                    @for effect in effects {
                        tr {
                            td { (title_of(figures, effect.measure)) }
                            @if several { td { (effect.arm) } }
                            td { @if let Some(relative) = &effect.relative { (interval(relative)) } }
                            td class=(class(effect.verdict)) { @if let Some(sequential) = &effect.sequential { (percent(sequential.low)) " to " (percent(sequential.high)) } }
                            td { @if let Some(chance) = effect.chance_to_win { (share(chance)) } }
                            td { @if let Some(absolute) = &effect.absolute { (p_value(absolute.p_value)) } }
                            td { @if let Some(value) = effect.adjusted_p_value { (p_value(value)) } @else { "–" } }
                            td { @if let Some(value) = effect.mixture_p_value { (p_value(value)) } }
                            td { @if let Some(cuped) = &effect.cuped { (p_value(cuped.estimate.p_value)) "; " (percent(-cuped.variance_reduction)) } @else { "–" } }
                        }
                    }
                }
            }
        }
    }
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::Unclear => "",
    }
}

fn by_day(experiment: &ExperimentFigures) -> Markup {
    let leading = LEADING.map(|place| &MEASURES[place]);
    html! {
        @for measure in leading {
            @for arm in experiment.arms.iter().skip(1) {
                @let days: Vec<_> = experiment.days.iter().filter(|day| day.measure == measure.name && day.arm == arm.arm).collect();
                @if days.iter().filter(|day| day.sequential.is_some()).count() > 2 {
                    h3 { (measure.title) " of " (arm.arm) ", day by day" }
                    p.quiet { "Units exposed so far, with the interval that allows looking every day." }
                    (plot(plots::days(&days), "The effect day by day"))
                }
            }
        }
    }
}

fn by_segment(experiment: &ExperimentFigures) -> Markup {
    let mut groups: Vec<(&str, &str)> = experiment.segments.iter().map(|row| (row.segment.as_str(), row.measure)).collect();
    groups.dedup();
    html! {
        @for (segment, measure) in groups {
            @let rows: Vec<_> = experiment.segments.iter().filter(|row| row.segment == segment && row.measure == measure).collect();
            @let title = MEASURES.iter().find(|known| known.name == measure).map_or("", |known| known.title);
            h3 { (title) " by " (segment) }
            @let forest: Vec<Row> = rows.iter().filter_map(|row| {
                let fixed = row.relative?;
                let is_sure = row.adjusted_p_value.is_some_and(|value| value < 0.05);
                let verdict = match (is_sure, fixed.estimate > 0.0) {
                    (false, _) => Verdict::Unclear,
                    (true, true) => Verdict::Better,
                    (true, false) => Verdict::Worse,
                };
                Some(Row { label: format!("{} · {}", row.value, row.arm), fixed, sequential: None, verdict })
            }).collect();
            (plot(plots::forest(&forest), "Effects by segment"))
            div.wide {
                table {
                    thead { tr { th { (segment) } th { "Arm" } th { "Units" } th { "Effect" } th { "p, corrected for all values" } } }
                    tbody {
                        @for row in rows {
                            tr {
                                td { (row.value) } td { (row.arm) } td { (count(row.units as usize)) }
                                td { @if let Some(relative) = &row.relative { (interval(relative)) } }
                                td { @if let Some(value) = row.adjusted_p_value { (p_value(value)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How each figure is made.
fn method(figures: &Figures) -> Markup {
    let plan = &figures.plan;
    let alpha = plan.alpha;
    html! {
        section {
            details {
                summary { "How these figures are made" }
                dl {
                    dt { "Units" }
                    dd { "A unit belongs to the arm of its first exposure and is measured from that instant on for " (plan.window) " days. Units seen in several arms are left out." }
                    dt { "Measures" }
                    @for measure in &figures.measures { dd { strong { (measure.title) } ": " (measure.definition) "." } }
                    dt { "Sample ratio" }
                    dd { "Pearson: χ² = Σ (observed − expected)² / expected with arms − 1 degrees of freedom; an alarm where p < 0.001." }
                    dt { "Effect, one look" }
                    dd { "Welch: difference of means d = m₁ − m₀, error² = s₁²/n₁ + s₀²/n₀, Student's t with Welch and Satterthwaite's degrees of freedom. "
                         "As a share of control: d / m₀, error² = s₁²/(n₁ m₀²) + s₀² m₁²/(n₀ m₀⁴) (delta method). Intervals miss the truth at the rate " (alpha) "." }
                    dt { "However often one looks" }
                    dd { "Asymptotic confidence sequence (Waudby-Smith and others, arXiv 2103.06476): half width = error · √n · √(2 (nρ² + 1) / (n²ρ²) · ln(√(nρ² + 1) / α)), "
                         "ρ = √((−2 ln α + ln(−2 ln α + 1)) / N), tightest at N = " (plan.tuned_for) " units." }
                    dt { "p, mixture" }
                    dd { "Mixture sequential test (Johari, Pekelis, Walsh, arXiv 1512.04922): Λ = √(V / (V + nτ²)) · exp(n²τ²d² / (2V (V + nτ²))), p = min over the days of 1/Λ, "
                         "τ = " (plan.expected_effect) " of control's mean, n the harmonic mean of both arms' units." }
                    dt { "CUPED" }
                    dd { "What units were like in the " (plan.before) " days before: y − θx with θ = cov(x, y) / var(x) over the units of both arms joined; then Welch. The percentage is how the variance changes." }
                    dt { "Chance to be better" }
                    dd { "Shares: Beta(1 + successes, 1 + misses) in each arm, P(treatment > control) by quadrature. Else: Φ(d / error), a flat prior." }
                    dt { "p, corrected" }
                    dd { "Holm, over all measures and arms of the experiment; for segments over all values of the segment. Guardrails are not corrected." }
                }
            }
        }
    }
}
