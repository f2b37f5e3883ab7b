//! The page: one file that needs no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::analysis::{EffectFigures, ExperimentFigures, Figures, LEADING, Verdict};
use super::figures::{count, interval, mean, p_value, percent, range, share};
use super::language::Language;
use super::measures::{MEASURES, Measure};
use super::plots::{self, Row};
use crate::clock::written;

/// The whole page.
pub fn page(figures: &Figures, title: &str, say: Language) -> String {
    html! {
        (DOCTYPE)
        html lang=(say.tag()) {
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
                        (opening(figures, say))
                    }
                }
                main {
                    @for experiment in &figures.experiments { (section(figures, experiment, say)) }
                    (method(figures, say))
                }
            }
        }
    }
    .into_string()
}

fn opening(figures: &Figures, say: Language) -> String {
    let events = count(usize::try_from(figures.events).unwrap_or(0));
    let (from, to, window) = (day(figures.from), day(figures.to), figures.plan.window);
    say.of(
        format!("{events} events from {from} to {to}. Each unit counts for {window} days from its first exposure."),
        format!("{from} 至 {to} 共 {events} 个事件。每位用户自首次曝光起计 {window} 天。"),
    )
}

fn day(at: i64) -> String {
    written(at).chars().take(10).collect()
}

fn section(figures: &Figures, experiment: &ExperimentFigures, say: Language) -> Markup {
    let hoped: Vec<&EffectFigures> = experiment.effects.iter().filter(|effect| !effect.guardrail && effect.relative.is_some()).collect();
    let watched: Vec<&EffectFigures> = experiment.effects.iter().filter(|effect| effect.guardrail && effect.relative.is_some()).collect();
    let several = experiment.arms.len() > 2;
    html! {
        section {
            h2 { (experiment.key) }
            (ratio(experiment, say))
            h3 { (say.of("Arms", "实验组")) }
            (arms(figures, experiment, say))
            @if !hoped.is_empty() {
                h3 { (say.of("Effects against ", "相对对照组的效果：")) (control(experiment)) }
                p.quiet { (say.of("Thick: the interval for one look at the end. Thin: the interval that stays right however often one looks.", "粗线：只在结束时看一次的区间。细线：无论看多少次都成立的区间。")) }
                (forest(figures, &hoped, several, say))
                (effects(figures, &hoped, several, say))
            }
            @if !watched.is_empty() {
                h3 { (say.of("Guardrails", "护栏指标")) }
                p.quiet { (say.of("Watched for harm: lower is better. Not corrected for how many there are, so that no harm is missed.", "用于防止损害：越低越好。不按指标个数校正，以免漏掉损害。")) }
                (forest(figures, &watched, several, say))
                (effects(figures, &watched, several, say))
            }
            (by_day(experiment, say))
            (by_segment(experiment, say))
        }
    }
}

fn control(experiment: &ExperimentFigures) -> &str {
    experiment.arms.first().map_or("control", |arm| &arm.arm)
}

fn ratio(experiment: &ExperimentFigures, say: Language) -> Markup {
    let several = count(usize::try_from(experiment.in_several).unwrap_or(0));
    let left_out = say.of(
        format!("{several} units were seen in several arms and are left out."),
        format!("有 {several} 位用户出现在多个实验组中，未计入。"),
    );
    html! {
        @match &experiment.sample_ratio {
            Some(ratio) if ratio.is_mismatch => {
                div.says.bad {
                    strong { (say.of("Sample ratio mismatch", "样本比例异常")) } " (p " (p_value(ratio.p_value)) ")"
                    (say.of(": units did not come to the arms in the planned shares. Something is broken, and no figure below can be trusted.",
                            "：各组人数与计划比例不符，分流出了问题，下面的数字都不可信。"))
                }
            }
            Some(ratio) => {
                div.says { (say.of("Units came to the arms in the planned shares", "各组人数与计划比例相符")) " (p " (p_value(ratio.p_value)) ")" (say.of(".", "。")) }
            }
            None => { div.says.bad { (say.of("Only one arm has units: there is nothing to compare.", "只有一个实验组有用户，无法比较。")) } }
        }
        @if experiment.in_several > 0 { p.quiet { (left_out) } }
    }
}

fn arms(figures: &Figures, experiment: &ExperimentFigures, say: Language) -> Markup {
    let shown: Vec<(usize, &Measure)> = figures.measures.iter().enumerate().collect();
    html! {
        div.wide {
            table {
                thead { tr { th { (say.of("Arm", "实验组")) } th { (say.of("Units", "用户数")) } th { (say.of("Planned", "计划占比")) } @for (_, measure) in &shown { th { (measure.title(say)) } } } }
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

fn title_of(figures: &Figures, name: &str, say: Language) -> &'static str {
    figures.measures.iter().find(|measure| measure.name == name).map_or("", |measure| measure.title(say))
}

fn forest(figures: &Figures, effects: &[&EffectFigures], several: bool, say: Language) -> Markup {
    let row = |effect: &&EffectFigures| {
        let title = title_of(figures, effect.measure, say);
        let label = if several { [title, say.of(", ", "，"), &effect.arm].concat() } else { title.to_owned() };
        Some(Row { label, fixed: effect.relative?, sequential: effect.sequential, verdict: effect.verdict })
    };
    plot(
        plots::forest(&effects.iter().filter_map(row).collect::<Vec<_>>()),
        say.of("Relative effects with their intervals", "相对效果及其区间"),
    )
}

fn plot(svg: anyhow::Result<String>, label: &str) -> Markup {
    match svg {
        Ok(svg) => html! { div.wide role="img" aria-label=(label) { (PreEscaped(svg)) } },
        Err(error) => html! { p.quiet { (error) } },
    }
}

fn effects(figures: &Figures, effects: &[&EffectFigures], several: bool, say: Language) -> Markup {
    html! {
        div.wide {
            table {
                thead {
                    tr {
                        th { (say.of("Measure", "指标")) }
                        @if several { th { (say.of("Arm", "实验组")) } }
                        th { (say.of("Effect, one look", "效果（看一次）")) } th { (say.of("However often one looks", "随时查看区间")) }
                        th { (say.of("Chance to be better", "更优概率")) } th { (say.of("p (Welch)", "p（Welch）")) }
                        th { (say.of("p, corrected", "p（校正）")) } th { (say.of("p, mixture", "p（混合序贯）")) }
                        th { (say.of("CUPED: p; variance", "CUPED：p；方差")) }
                    }
                }
                tbody {
                    @for effect in effects {
                        tr {
                            td { (title_of(figures, effect.measure, say)) }
                            @if several { td { (effect.arm) } }
                            td { @if let Some(relative) = &effect.relative { (interval(relative, say)) } }
                            td class=(class(effect.verdict)) { @if let Some(sequential) = &effect.sequential { (range(sequential, say)) } }
                            td { @if let Some(chance) = effect.chance_to_win { (share(chance)) } }
                            td { @if let Some(absolute) = &effect.absolute { (p_value(absolute.p_value)) } }
                            td { @if let Some(value) = effect.adjusted_p_value { (p_value(value)) } @else { "–" } }
                            td { @if let Some(value) = effect.mixture_p_value { (p_value(value)) } }
                            td { @if let Some(cuped) = &effect.cuped { (p_value(cuped.estimate.p_value)) (say.of("; ", "；")) (percent(-cuped.variance_reduction)) } @else { "–" } }
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

fn by_day(experiment: &ExperimentFigures, say: Language) -> Markup {
    let leading = LEADING.map(|place| &MEASURES[place]);
    html! {
        @for measure in leading {
            @for arm in experiment.arms.iter().skip(1) {
                @let days: Vec<_> = experiment.days.iter().filter(|day| day.measure == measure.name && day.arm == arm.arm).collect();
                @if days.iter().filter(|day| day.sequential.is_some()).count() > 2 {
                    h3 { (say.of(format!("{} of {}, day by day", measure.title(say), arm.arm), format!("{}：{}逐日走势", measure.title(say), arm.arm))) }
                    p.quiet { (say.of("Units exposed so far, with the interval that allows looking every day.", "截至当天已曝光的用户，区间允许每天查看。")) }
                    (plot(plots::days(&days, say.of("days since the first exposure", "自首次曝光起的天数")), say.of("The effect day by day", "逐日效果")))
                }
            }
        }
    }
}

fn by_segment(experiment: &ExperimentFigures, say: Language) -> Markup {
    let mut groups: Vec<(&str, &str)> = experiment.segments.iter().map(|row| (row.segment.as_str(), row.measure)).collect();
    groups.dedup();
    html! {
        @for (segment, measure) in groups {
            @let rows: Vec<_> = experiment.segments.iter().filter(|row| row.segment == segment && row.measure == measure).collect();
            @let title = MEASURES.iter().find(|known| known.name == measure).map_or("", |known| known.title(say));
            h3 { (say.of(format!("{title} by {segment}"), format!("按 {segment} 看{title}"))) }
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
            (plot(plots::forest(&forest), say.of("Effects by segment", "分人群效果")))
            div.wide {
                table {
                    thead { tr { th { (segment) } th { (say.of("Arm", "实验组")) } th { (say.of("Units", "用户数")) } th { (say.of("Effect", "效果")) } th { (say.of("p, corrected for all values", "p（按全部取值校正）")) } } }
                    tbody {
                        @for row in rows {
                            tr {
                                td { (row.value) } td { (row.arm) } td { (count(row.units as usize)) }
                                td { @if let Some(relative) = &row.relative { (interval(relative, say)) } }
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
fn method(figures: &Figures, say: Language) -> Markup {
    let plan = &figures.plan;
    let (alpha, window, before, tuned_for, expected_effect) = (plan.alpha, plan.window, plan.before, plan.tuned_for, plan.expected_effect);
    let parts: [(&str, String); 8] = say.of(
        [
            ("Units", format!("A unit belongs to the arm of its first exposure and is measured from that instant on for {window} days. Units seen in several arms are left out.")),
            ("Sample ratio", "Pearson: χ² = Σ (observed − expected)² / expected with arms − 1 degrees of freedom; an alarm where p < 0.001.".into()),
            ("Effect, one look", format!("Welch: difference of means d = m₁ − m₀, error² = s₁²/n₁ + s₀²/n₀, Student's t with Welch and Satterthwaite's degrees of freedom. As a share of control: d / m₀, error² = s₁²/(n₁ m₀²) + s₀² m₁²/(n₀ m₀⁴) (delta method). Intervals miss the truth at the rate {alpha}.")),
            ("However often one looks", format!("Asymptotic confidence sequence (Waudby-Smith and others, arXiv 2103.06476): half width = error · √n · √(2 (nρ² + 1) / (n²ρ²) · ln(√(nρ² + 1) / α)), ρ = √((−2 ln α + ln(−2 ln α + 1)) / N), tightest at N = {tuned_for} units.")),
            ("p, mixture", format!("Mixture sequential test (Johari, Pekelis, Walsh, arXiv 1512.04922): Λ = √(V / (V + nτ²)) · exp(n²τ²d² / (2V (V + nτ²))), p = min over the days of 1/Λ, τ = {expected_effect} of control's mean, n the harmonic mean of both arms' units.")),
            ("CUPED", format!("What units were like in the {before} days before: y − θx with θ = cov(x, y) / var(x) over the units of both arms joined; then Welch. The percentage is how the variance changes.")),
            ("Chance to be better", "Shares: Beta(1 + successes, 1 + misses) in each arm, P(treatment > control) by quadrature. Else: Φ(d / error), a flat prior.".into()),
            ("p, corrected", "Holm, over all measures and arms of the experiment; for segments over all values of the segment. Guardrails are not corrected.".into()),
        ],
        [
            ("用户", format!("用户归入首次曝光的实验组，自该时刻起计 {window} 天；出现在多个实验组的用户不计。")),
            ("样本比例", "Pearson 检验：χ² = Σ (实际 − 预期)² / 预期，自由度为组数 − 1；p < 0.001 时报警。".into()),
            ("效果（看一次）", format!("Welch 检验：均值差 d = m₁ − m₀，误差² = s₁²/n₁ + s₀²/n₀，t 分布自由度按 Welch–Satterthwaite。相对值：d / m₀，误差² = s₁²/(n₁ m₀²) + s₀² m₁²/(n₀ m₀⁴)（delta 法）。区间不含真值的概率为 {alpha}。")),
            ("随时查看区间", format!("渐近置信序列（Waudby-Smith 等，arXiv 2103.06476）：半宽 = 误差 · √n · √(2 (nρ² + 1) / (n²ρ²) · ln(√(nρ² + 1) / α))，ρ = √((−2 ln α + ln(−2 ln α + 1)) / N)，在 N = {tuned_for} 位用户时最窄。")),
            ("p（混合序贯）", format!("混合序贯检验（Johari、Pekelis、Walsh，arXiv 1512.04922）：Λ = √(V / (V + nτ²)) · exp(n²τ²d² / (2V (V + nτ²)))，p 取各日 1/Λ 的最小值，τ 为对照组均值的 {expected_effect}，n 为两组人数的调和平均。")),
            ("CUPED", format!("用曝光前 {before} 天的表现修正：y − θx，θ = cov(x, y) / var(x)，按两组用户合并计算，再做 Welch 检验。百分比为方差的变化。")),
            ("更优概率", "比率类：各组取 Beta(1 + 成功数, 1 + 失败数)，用求积计算 P(实验组 > 对照组)；其他：Φ(d / 误差)，平坦先验。".into()),
            ("p（校正）", "Holm 法，按该实验的全部指标和实验组校正；分人群时按该人群的全部取值校正。护栏指标不校正。".into()),
        ],
    );
    let measures = say.of("Measures", "指标");
    html! {
        section {
            details {
                summary { (say.of("How these figures are made", "这些数字是怎么算的")) }
                dl {
                    @for (place, (title, text)) in parts.iter().enumerate() {
                        dt { (title) }
                        dd { (text) }
                        @if place == 0 {
                            dt { (measures) }
                            @for measure in &figures.measures { dd { strong { (measure.title(say)) } (say.of(": ", "：")) (measure.definition(say)) (say.of(".", "。")) } }
                        }
                    }
                }
            }
        }
    }
}
