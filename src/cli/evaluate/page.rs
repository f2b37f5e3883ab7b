//! The page: one file that needs no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::figures::{Figures, StrategyFigures, System, Trade};
use super::lists::Likeness;
use super::metrics::Mean;
use super::plots::{self, Line};
use crate::report::analysis::{Estimate, Verdict};
use crate::report::figures::{count, percent, share};
use crate::report::plots::{Row, forest};

/// The whole page.
pub fn page(figures: &Figures) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Recommendations, measured" }
                style { (PreEscaped(include_str!("../report/page.css"))) }
            }
            body {
                header {
                    h1 { "Recommendations, measured" }
                    p.quiet {
                        (count(figures.households)) " households, " (count(figures.items)) " items. Lists are made by the engine that runs on the device; "
                        "its learned rankers are " (kilobytes(figures.ranker_bytes[0])) " (next basket) and " (kilobytes(figures.ranker_bytes[1]))
                        " (discover). Intervals hold the truth in 95 of 100 cases."
                    }
                }
                main {
                    (lifts(figures))
                    @for strategy in &figures.strategies { (section(figures, strategy)) }
                    (known(figures))
                    (likeness(figures))
                    (trust(figures))
                    (trades(&figures.trades))
                    (method(figures))
                }
            }
        }
    }
    .into_string()
}

fn kilobytes(bytes: usize) -> String {
    if bytes == 0 { "none".into() } else { format!("{:.1} kB", bytes as f64 / 1000.0) }
}

fn plot(svg: anyhow::Result<String>, label: &str) -> Markup {
    match svg {
        Ok(svg) => html! { div.wide role="img" aria-label=(label) { (PreEscaped(svg)) } },
        Err(error) => html! { p.quiet { (error) } },
    }
}

fn verdict(mean: Mean) -> Verdict {
    match mean.interval {
        [low, _] if low > 0.0 => Verdict::Better,
        [_, high] if high < 0.0 => Verdict::Worse,
        _ => Verdict::Unclear,
    }
}

fn row(label: String, mean: Mean) -> Row {
    let [low, high] = mean.interval;
    let fixed = Estimate { estimate: mean.mean, error: (high - low) / 3.92, low, high, p_value: f64::NAN };
    Row { label, fixed, sequential: None, verdict: verdict(mean) }
}

fn lifts(figures: &Figures) -> Markup {
    let rows = figures.strategies.iter().flat_map(|strategy| {
        let each = strategy.systems.iter().filter_map(|system| Some((system.name, system.beaten_by?)));
        each.map(|(name, by)| row(format!("{} / {name}", strategy.strategy), by))
    });
    html! {
        section {
            h2 { "What it gains over what is simpler" }
            p.quiet { "Each strategy apart, household by household: how much better (green) or worse (red) its order is than the other's, as a share of it." }
            (plot(forest(&rows.collect::<Vec<_>>()), "Gains with their intervals"))
        }
    }
}

/// What a strategy is to find.
fn task(strategy: &str) -> &'static str {
    match strategy {
        "next-basket" => "The whole next basket, from what the household bought before.",
        "buy-again" => "What of the next basket was bought before: what is due.",
        "discover" => "What of the next basket was never bought before.",
        "bought-together" => "One item of a basket from the others, each left out in turn; nothing is known of the household.",
        "similar" => "An item new to the household, from the one of its class that it bought before.",
        "trending" => "The next basket from what is bought more than before; nothing is known of the household.",
        "session" => {
            "What is next bought for the first time, from the last five items so bought, looked at one after the other by somebody unknown."
        }
        _ => "",
    }
}

fn section(figures: &Figures, strategy: &StrategyFigures) -> Markup {
    html! {
        section {
            h2 { (strategy.strategy) }
            p.quiet { (task(strategy.strategy)) " " (count(strategy.cases)) " lists." }
            (systems(&strategy.systems, true))
            @if strategy.strategy == "trending" {
                p { "The 20 items that rise most are bought " (format!("{:.2}", figures.trend.rising)) " times as much as before they rose; the 20 most popular "
                    (format!("{:.2}", figures.trend.popular)) " times." }
            }
        }
    }
}

fn systems(systems: &[System], compared: bool) -> Markup {
    html! {
        div.wide {
            table {
                thead { tr {
                    th { "" }
                    @for (name, _) in systems.first().map(|system| system.measures.as_slice()).unwrap_or_default() { th { (name) } }
                    @if compared { th { "Beaten by" } }
                } }
                tbody {
                    @for system in systems {
                        tr {
                            td { (system.name) }
                            @for (_, mean) in &system.measures { td { (told(*mean)) } }
                            @if compared {
                                @match system.beaten_by {
                                    Some(by) => { td class=(class(verdict(by))) { (percent(by.mean)) " (" (percent(by.interval[0])) " to " (percent(by.interval[1])) ")" } }
                                    None => { td { "–" } }
                                }
                            }
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

fn told(mean: Mean) -> String {
    format!("{:.4} ± {:.4}", mean.mean, mean.mean - mean.interval[0])
}

/// One line a system, of the measure at `measure`.
fn lines<'s>(rows: impl Iterator<Item = &'s [System]> + Clone, measure: usize) -> Vec<Line> {
    let names: Vec<&str> = rows.clone().next().unwrap_or_default().iter().map(|system| system.name).collect();
    let line = |(place, name): (usize, &&str)| Line {
        name: (*name).to_owned(),
        points: rows.clone().filter_map(|systems| Some(systems.get(place)?.measures.get(measure)?.1)).collect(),
    };
    names.iter().enumerate().map(line).collect()
}

fn known(figures: &Figures) -> Markup {
    let fifths: Vec<String> = figures.by_history.iter().map(|part| format!("{}–{}", part.from, part.to)).collect();
    let cold: Vec<String> = figures.cold_start.iter().map(|part| part.baskets.to_string()).collect();
    html! {
        section {
            h2 { "How much is known of the household" }
            h3 { "By history" }
            p.quiet { "Next baskets, nDCG@10; each point a fifth of the households, by how many baskets they have." }
            (plot(plots::lines(&fifths, "baskets known", &lines(figures.by_history.iter().map(|part| part.systems.as_slice()), 1)), "nDCG by history"))
            h3 { "Cold start" }
            p.quiet { "The same where only the last baskets of a household are known, nDCG@10." }
            (plot(plots::lines(&cold, "baskets known", &lines(figures.cold_start.iter().map(|part| part.systems.as_slice()), 1)), "nDCG by baskets known"))
            @for part in &figures.cold_start {
                h3 { (part.baskets) @if part.baskets == 1 { " basket known" } @else { " baskets known" } }
                (systems(&part.systems, false))
            }
        }
    }
}

fn likeness(figures: &Figures) -> Markup {
    html! {
        section {
            h2 { "What lists are like" }
            p.quiet {
                "The first ten of each list. Coverage: share of the catalog that anybody is shown. Gini: 0 where all items are shown as often, 1 where only one is. "
                "Diversity: share of the pairs in a list that are of different kinds. Novelty: bits, one more where the items are half as popular."
            }
            (table(figures.lists.iter().map(|(name, lists)| (name.as_str(), None, lists))))
            h3 { "How attention falls on items" }
            (plot(plots::shown(&figures.shown), "Share of what is shown by the items shown most"))
            @if !figures.brands.is_empty() {
                h3 { "Brands" }
                div.wide {
                    table {
                        thead { tr { th { "Brand" } th { "of the items" } th { "of what was bought" } @for (name, _) in &figures.lists { th { (name) } } } }
                        tbody {
                            @for (brand, items, bought) in &figures.brands {
                                tr {
                                    td { (brand) } td { (share(*items)) } td { (share(*bought)) }
                                    @for (_, lists) in &figures.lists {
                                        td { @if let Some((_, part)) = lists.brands.iter().find(|(name, _)| name == brand) { (share(*part)) } @else { "–" } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn table<'r>(rows: impl Iterator<Item = (&'r str, Option<Mean>, &'r Likeness)> + Clone) -> Markup {
    let measured = rows.clone().any(|(_, ndcg, _)| ndcg.is_some());
    html! {
        div.wide {
            table {
                thead { tr { th { "" } @if measured { th { "nDCG@10" } } th { "Coverage" } th { "Gini" } th { "Diversity" } th { "Novelty" } @if measured { th { "Brands" } } } }
                tbody {
                    @for (name, ndcg, lists) in rows {
                        tr {
                            td { (name) }
                            @if measured { td { @if let Some(ndcg) = ndcg { (told(ndcg)) } } }
                            td { (share(lists.coverage)) } td { (format!("{:.3}", lists.gini)) } td { (share(lists.diversity)) } td { (format!("{:.2}", lists.novelty)) }
                            @if measured { td { @for (brand, part) in &lists.brands { (brand) " " (share(*part)) " " } } }
                        }
                    }
                }
            }
        }
    }
}

fn trust(figures: &Figures) -> Markup {
    let Figures { calibration, stability, .. } = figures;
    html! {
        section {
            h2 { "Whether scores can be read as chances" }
            p.quiet {
                "Scores of next-basket lists, turned into chances by a logistic curve that was fitted on every other household; shown is the other half, a tenth of the listed items a point. "
                "On the line, as many are bought as told. Expected calibration error: " (format!("{:.4}", calibration.expected_error)) "."
            }
            (plot(plots::calibration(&calibration.bins), "Bought over told"))
            h2 { "How steady lists are" }
            p { (share(stability.asked_again)) " of the lists are the same when they are asked for again. Of a list of ten, "
                (share(stability.next_day)) " is the same on the next day, " (share(stability.next_basket)) " after one more basket (Jaccard)." }
        }
    }
}

fn trades(trades: &[Trade]) -> Markup {
    let points: Vec<(String, f64, f64)> =
        trades.iter().map(|trade| (trade.setting.clone(), trade.lists.coverage, trade.ndcg.mean)).collect();
    html! {
        section {
            h2 { "What weights and rules give and take" }
            p.quiet { "Lists for you, of every third household or so, with one setting changed at a time: weights of the snapshot, the programme or the request; rules of the retailer." }
            (plot(plots::trades(&points), "Accuracy over coverage"))
            (table(trades.iter().map(|trade| (trade.setting.as_str(), Some(trade.ndcg), &trade.lists))))
        }
    }
}

fn method(figures: &Figures) -> Markup {
    html! {
        section {
            details {
                summary { "How these figures are made" }
                dl {
                    dt { "Cases" }
                    dd { "A household, what it bought before a day, and what it bought then. Items that the model does not know count as wanted all the same." }
                    dt { "Measures" }
                    dd { "recall@k: share of the basket among the first k. nDCG@10: gain of the first ten, each place k worth 1 / log2(k + 1), over that of the best order (cut at ten). "
                         "PHR@10: share of the lists with any hit. HR@k and MRR@k, where one item is to be found: whether it is among the first k, and one over its place." }
                    dt { "Intervals" }
                    dd { "Mean ± 1.96 standard errors over households; comparisons are paired." }
                    @if !figures.not_measured.is_empty() {
                        dt { "Not measured" }
                        @for (strategy, why) in &figures.not_measured { dd { (strategy) ": " (why) "." } }
                    }
                }
            }
        }
    }
}
