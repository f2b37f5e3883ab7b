//! The page: one file that needs no network.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::figures::{Figures, Rail, StrategyFigures, System, Trade};
use super::lists::Likeness;
use super::metrics::Mean;
use super::plots::{self, Line};
use super::study::ONE_TRIP;
use crate::report::analysis::Verdict;
use crate::report::figures::{count, percent, share};
use crate::report::language::Language;

/// The whole page.
pub fn page(figures: &Figures, say: Language) -> String {
    let title = say.of("Recommendations, measured", "推荐效果评估");
    html! {
        (DOCTYPE)
        html lang=(say.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(include_str!("../report/page.css"))) }
            }
            body {
                header {
                    h1 { (title) }
                    p.quiet { (opening(figures, say)) }
                }
                main {
                    (lifts(figures, say))
                    @for strategy in &figures.strategies { (section(figures, strategy, say)) }
                    (known(figures, say))
                    (likeness(figures, say))
                    (trust(figures, say))
                    (trades(&figures.trades, say))
                    (rails(&figures.rails, say))
                    (method(figures, say))
                }
            }
        }
    }
    .into_string()
}

fn opening(figures: &Figures, say: Language) -> String {
    let (households, items) = (count(figures.households), count(figures.items));
    let [next, new] = figures.ranker_bytes.map(|bytes| kilobytes(bytes, say));
    say.of(
        format!(
            "{households} households, {items} items. Lists are made by the engine that runs on the device; its learned rankers: next basket {next}, discover {new}. Intervals hold the truth in 95 of 100 cases."
        ),
        format!(
            "{households} 户家庭，{items} 种商品。所有列表均由设备端同一引擎生成；学习所得的排序模型：下次购物 {next}，发现新品 {new}。区间为 95% 置信区间。"
        ),
    )
}

fn kilobytes(bytes: usize, say: Language) -> String {
    if bytes == 0 { say.of("none", "无").into() } else { format!("{:.1} kB", bytes as f64 / 1000.0) }
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

/// Gains beyond this share are drawn at the edge.
const EDGE: f64 = 1.0;

fn lifts(figures: &Figures, say: Language) -> Markup {
    let at = |share: f64| 50.0 * (1.0 + share.clamp(-EDGE, EDGE) / EDGE);
    html! {
        section {
            h2 { (say.of("What it gains over what is simpler", "比简单方法好多少")) }
            p.quiet { (say.of(
                "Each strategy apart, list by list: how much better (green) or worse (red) its order is than the other's, as a share of it, with the interval. The line in the middle is no difference, the edges are ±100%.",
                "各策略分别、逐个列表对比：排序指标相对基准方法的提升（绿）或下降（红）比例及其区间。中线表示没有差别，两端为 ±100%。",
            )) }
            @for strategy in &figures.strategies {
                @for (name, by) in strategy.systems.iter().filter_map(|system| Some((system.name, system.beaten_by?))) {
                    @let (low, high) = (at(by.interval[0]), at(by.interval[1]));
                    div class={ "lift " (class(verdict(by))) } {
                        span { (strategy.strategy) " / " (named(name, say)) }
                        div aria-hidden="true" {
                            i style=(format!("left:{low:.1}%;width:{:.1}%", (high - low).max(0.4))) {}
                            b style=(format!("left:{:.1}%", at(by.mean))) {}
                        }
                        span.told { (percent(by.mean)) " (" (percent(by.interval[0])) (say.of(" to ", " 至 ")) (percent(by.interval[1])) ")" }
                    }
                }
            }
        }
    }
}

/// What a system is called.
fn named(name: &str, say: Language) -> &str {
    if say == Language::En {
        return name;
    }
    match name {
        "weights alone" => "仅权重",
        "decay and popularity" => "衰减计数加热度",
        "bought most often" => "历史最常购买",
        "popular" => "全店热销",
        "popular of its class" => "同类热销",
        "only the last view" => "仅看最后一次浏览",
        other => other,
    }
}

/// What a strategy is to find.
fn task(strategy: &str, say: Language) -> &'static str {
    match strategy {
        "next-basket" => say.of("The whole next basket, from what the household bought before.", "根据历史购买，预测下一次购物的全部商品。"),
        "buy-again" => say.of("What of the next basket was bought before: what is due.", "下一次购物中曾经买过的商品：该补货了。"),
        "discover" => say.of("What of the next basket was never bought before.", "下一次购物中从未买过的商品。"),
        "bought-together" => say.of(
            "One item of a basket from the others, each left out in turn; nothing is known of the household.",
            "轮流去掉购物篮中的一件商品，用其余商品预测它；对家庭一无所知。",
        ),
        "similar" => say.of(
            "An item new to the household, from the one of its class that it bought before.",
            "根据家庭买过的同类商品，预测其新买的那一件。",
        ),
        "trending" => say.of(
            "The next basket from what is bought more than before; nothing is known of the household. What rises is seldom what sells most: see below.",
            "用近期上升的商品预测下一次购物；对家庭一无所知。上升最快的往往不是卖得最多的，见下。",
        ),
        "session" => say.of(
            "What is next bought for the first time, from the last five items so bought, looked at one after the other by somebody unknown. No browsing is in this data: a stand-in, and a hard one.",
            "由一位未知访客依次浏览最近五件首次购买的商品，预测下一件首次购买的商品。数据中没有浏览记录，这只是一个较难的替代任务。",
        ),
        ONE_TRIP => say.of(
            "One item of a trip, from five others of it looked at one after the other by somebody unknown.",
            "由一位未知访客依次浏览同一次购物中的另外五件商品，预测其中一件。",
        ),
        _ => "",
    }
}

fn section(figures: &Figures, strategy: &StrategyFigures, say: Language) -> Markup {
    let (lists, rising, popular) = (count(strategy.cases), figures.trend.rising, figures.trend.popular);
    html! {
        section {
            h2 { (strategy.strategy) }
            p.quiet { (task(strategy.strategy, say)) " " (say.of(format!("{lists} lists."), format!("共 {lists} 个列表。"))) }
            (systems(&strategy.systems, say))
            @if strategy.strategy == "trending" {
                p { (say.of(
                    format!("The 20 items that rise most are bought {rising:.2} times as much as before they rose; the 20 most popular {popular:.2} times."),
                    format!("上升最快的 20 种商品，购买量是上升前的 {rising:.2} 倍；最热销的 20 种为 {popular:.2} 倍。"),
                )) }
            }
        }
    }
}

fn systems(systems: &[System], say: Language) -> Markup {
    html! {
        div.wide {
            table {
                thead { tr {
                    th { "" }
                    @for (name, _) in systems.first().map(|system| system.measures.as_slice()).unwrap_or_default() { th { (name) } }
                    th { (say.of("regulars is better by", "regulars 提升")) }
                } }
                tbody {
                    @for system in systems {
                        tr {
                            td { (named(system.name, say)) }
                            @for (_, mean) in &system.measures { td { (told(*mean)) } }
                            (better_by(system, say))
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
fn lines<'s>(rows: impl Iterator<Item = &'s [System]> + Clone, measure: usize, say: Language) -> Vec<Line> {
    let names: Vec<&str> = rows.clone().next().unwrap_or_default().iter().map(|system| system.name).collect();
    let line = |(place, name): (usize, &&str)| Line {
        name: named(name, say).to_owned(),
        points: rows.clone().filter_map(|systems| Some(systems.get(place)?.measures.get(measure)?.1)).collect(),
    };
    names.iter().enumerate().map(line).collect()
}

/// A row for each of `names`: nDCG@10 of every system, and how much better the first is than each other.
fn gains<'s>(names: &[String], rows: impl Iterator<Item = &'s [System]> + Clone, below: &str, say: Language) -> Markup {
    let systems: Vec<&str> = rows.clone().next().unwrap_or_default().iter().map(|system| named(system.name, say)).collect();
    html! {
        div.wide {
            table {
                thead { tr {
                    th { (below) }
                    @for name in &systems { th { (name) } }
                    @for name in systems.iter().skip(1) { th { (say.of(format!("better than {name} by"), format!("比“{name}”提升"))) } }
                } }
                tbody {
                    @for (name, systems) in names.iter().zip(rows) {
                        tr {
                            td { (name) }
                            @for system in systems { td { (told(system.measures[1].1)) } }
                            @for system in systems.iter().skip(1) { (better_by(system, say)) }
                        }
                    }
                }
            }
        }
    }
}

/// How much better the first system is than `system`.
fn better_by(system: &System, say: Language) -> Markup {
    let Some(by) = system.beaten_by else { return html! { td { "–" } } };
    html! {
        td class=(class(verdict(by))) { (percent(by.mean)) " (" (percent(by.interval[0])) (say.of(" to ", " 至 ")) (percent(by.interval[1])) ")" }
    }
}

fn known(figures: &Figures, say: Language) -> Markup {
    let fifths: Vec<String> = figures.by_history.iter().map(|part| format!("{}–{}", part.from, part.to)).collect();
    let cold: Vec<String> = figures.cold_start.iter().map(|part| part.baskets.to_string()).collect();
    let below = say.of("baskets known", "已知购物次数");
    let by_history = lines(figures.by_history.iter().map(|part| part.systems.as_slice()), 1, say);
    let cold_start = lines(figures.cold_start.iter().map(|part| part.systems.as_slice()), 1, say);
    html! {
        section {
            h2 { (say.of("How much is known of the household", "对家庭了解多少")) }
            h3 { (say.of("By history", "按历史长短")) }
            p.quiet { (say.of(
                "Next baskets, nDCG@10; each point a fifth of the households, by how many baskets they have.",
                "下次购物的 nDCG@10；按购物次数把家庭分成五等份，每份一个点。",
            )) }
            (plot(plots::lines(&fifths, below, &by_history), "nDCG@10"))
            (gains(&fifths, figures.by_history.iter().map(|part| part.systems.as_slice()), below, say))
            h3 { (say.of("Cold start", "冷启动")) }
            p.quiet { (say.of(
                "The same where only the last baskets of a household are known, nDCG@10.",
                "同上，但只知道家庭最近几次购物，nDCG@10。",
            )) }
            (plot(plots::lines(&cold, below, &cold_start), "nDCG@10"))
            (gains(&cold, figures.cold_start.iter().map(|part| part.systems.as_slice()), below, say))
        }
    }
}

fn likeness(figures: &Figures, say: Language) -> Markup {
    html! {
        section {
            h2 { (say.of("What lists are like", "列表的特点")) }
            p.quiet { (say.of(
                "The first ten of each list. Coverage: share of the catalog that anybody is shown. Gini: 0 where all items are shown as often, 1 where only one is. \
                 Diversity: share of the pairs in a list that are of different kinds. Novelty: bits, one more where the items are half as popular.",
                "各列表的前十件。覆盖率：被展示过的商品占全部商品的比例。基尼系数：0 表示各商品展示次数相同，1 表示只展示一种。\
                 多样性：列表中品类不同的商品对所占比例。新颖度：单位比特，热度减半则加一。",
            )) }
            (table(figures.lists.iter().map(|(name, lists)| (named(name, say), Vec::new(), None, lists)), &[], say))
            h3 { (say.of("How attention falls on items", "展示集中在哪些商品")) }
            (plot(plots::shown(&figures.shown, say), say.of("Share of what is shown by the items shown most", "展示最多的商品所占份额")))
            @if !figures.brands.is_empty() {
                h3 { (say.of("Brands", "品牌")) }
                div.wide {
                    table {
                        thead { tr {
                            th { (say.of("Brand", "品牌")) } th { (say.of("of the items", "占商品")) } th { (say.of("of what was bought", "占购买")) }
                            @for (name, _) in &figures.lists { th { (named(name, say)) } }
                        } }
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

/// A row for each setting: its measures, its stability, what its lists are like.
fn table<'r>(
    rows: impl Iterator<Item = (&'r str, Vec<Mean>, Option<f64>, &'r Likeness)> + Clone,
    measures: &[&str],
    say: Language,
) -> Markup {
    let steady = rows.clone().any(|(_, _, stability, _)| stability.is_some());
    let brands: Vec<&str> = if measures.is_empty() {
        Vec::new()
    } else {
        rows.clone().next().map(|(_, _, _, lists)| lists.brands.iter().map(|(name, _)| name.as_str()).collect()).unwrap_or_default()
    };
    html! {
        div.wide {
            table {
                thead { tr {
                    th { "" }
                    @for name in measures { th { (name) } }
                    th { (say.of("Coverage", "覆盖率")) } th { (say.of("Gini", "基尼系数")) } th { (say.of("Diversity", "多样性")) } th { (say.of("Novelty", "新颖度")) }
                    @if steady { th { (say.of("Stability", "稳定性")) } }
                    @for name in &brands { th { (name) } }
                } }
                tbody {
                    @for (name, means, stability, lists) in rows {
                        tr {
                            td { (name) }
                            @for mean in &means { td { (told(*mean)) } }
                            td { (share(lists.coverage)) } td { (format!("{:.3}", lists.gini)) } td { (share(lists.diversity)) } td { (format!("{:.2}", lists.novelty)) }
                            @if let Some(stability) = stability { td { (share(stability)) } }
                            @for brand in &brands {
                                td { @if let Some((_, part)) = lists.brands.iter().find(|(name, _)| name == brand) { (share(*part)) } @else { "–" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn trust(figures: &Figures, say: Language) -> Markup {
    let Figures { calibration, stability, .. } = figures;
    let error = calibration.expected_error;
    let [again, day, basket] = [stability.asked_again, stability.next_day, stability.next_basket].map(share);
    html! {
        section {
            h2 { (say.of("Whether scores can be read as chances", "分数能否当作概率")) }
            p.quiet { (say.of(
                format!("Scores of next-basket lists, turned into chances by a logistic curve that was fitted on every other household; shown is the other half, a tenth of the listed items a point. On the line, as many are bought as told. Expected calibration error: {error:.4}."),
                format!("下次购物列表的分数，用一半家庭拟合的逻辑曲线换算成概率，在另一半家庭上检验；每个点为十分之一的商品。落在线上表示预测与实际一致。期望校准误差：{error:.4}。"),
            )) }
            (plot(plots::calibration(&calibration.bins, say), say.of("Bought over told", "实际与预测")))
            h3 { (say.of("How steady lists are", "列表有多稳定")) }
            p { (say.of(
                format!("{again} of the lists are the same when they are asked for again. Of a list of ten, {day} is the same on the next day, {basket} after one more basket (Jaccard)."),
                format!("{again} 的列表再次请求时完全相同。十件商品的列表，次日有 {day} 不变，再购物一次后有 {basket} 不变（Jaccard）。"),
            )) }
        }
    }
}

fn trades(trades: &[Trade], say: Language) -> Markup {
    let points: Vec<(String, f64, f64)> =
        trades.iter().map(|trade| (trade.setting.clone(), trade.lists.coverage, trade.ndcg.mean)).collect();
    html! {
        section {
            h2 { (say.of("What weights and rules give and take", "权重与规则的取舍")) }
            p.quiet { (say.of(
                "Lists for you, of one household in a few, with one setting changed at a time: weights of the snapshot, the programme or the request; rules of the retailer. \
                 A weight that the learned ranker learned with takes the ranker away: lists are then by weights alone. Stability: how much of a list is the same after one more basket.",
                "“为你推荐”列表，抽取部分家庭，每次只改一个设置：快照、会员方案或请求中的权重，或零售商的规则。\
                 改动排序模型训练时所用的权重会停用该模型，列表只按权重排序。稳定性：再购物一次后列表保持不变的比例。",
            )) }
            (plot(plots::trades(&points, say), say.of("Accuracy over coverage", "准确度与覆盖率")))
            (table(trades.iter().map(|trade| (trade.setting.as_str(), vec![trade.ndcg], Some(trade.stability), &trade.lists)), &["nDCG@10"], say))
        }
    }
}

fn rails(rails: &[Rail], say: Language) -> Markup {
    html! {
        @if !rails.is_empty() {
            section {
                h2 { (say.of("The same of lists that follow single items", "跟随单件商品的列表的取舍")) }
                p.quiet { (say.of(
                    "Bought together, similar, session: the tasks of above, some of them, with one weight changed at a time. Items have no titles here, so variety by titles does not show.",
                    "一起买、相似商品、本次浏览：从上述任务中抽取一部分，每次只改一个权重。此处商品没有名称，因此按名称去重的效果不体现。",
                )) }
                @for rail in rails {
                    h3 { (rail.strategy) }
                    (table(
                        rail.trades.iter().map(|trade| (trade.setting.as_str(), vec![trade.hit, trade.reciprocal], None, &trade.lists)),
                        &["HR@10", "MRR@10"],
                        say,
                    ))
                }
            }
        }
    }
}

fn method(figures: &Figures, say: Language) -> Markup {
    html! {
        section {
            details {
                summary { (say.of("How these figures are made", "数据说明")) }
                dl {
                    dt { (say.of("Cases", "样本")) }
                    dd { (say.of(
                        "A household, what it bought before a day, and what it bought then. Items that the model does not know count as wanted all the same.",
                        "一户家庭某日之前的购买，以及当日的购买。模型不认识的商品同样计入应找到的商品。",
                    )) }
                    dt { (say.of("Measures", "指标")) }
                    dd { (say.of(
                        "recall@k: share of the basket among the first k. nDCG@10: gain of the first ten, each place k worth 1 / log2(k + 1), over that of the best order (cut at ten). \
                         PHR@10: share of the lists with any hit. HR@k and MRR@k, where one item is to be found: whether it is among the first k, and one over its place.",
                        "recall@k：前 k 件中命中的商品占购物篮的比例。nDCG@10：前十件的折损累计增益（第 k 位价值 1 / log2(k + 1)）与最佳顺序（截至十件）之比。\
                         PHR@10：至少命中一件的列表比例。HR@k 与 MRR@k 用于只找一件商品的任务：是否在前 k 件之内，以及名次的倒数。",
                    )) }
                    dt { (say.of("Intervals", "区间")) }
                    dd { (say.of(
                        "Mean ± 1.96 standard errors over lists; comparisons are paired.",
                        "均值 ± 1.96 倍标准误，按列表计；比较均为配对比较。",
                    )) }
                    @if !figures.not_measured.is_empty() {
                        dt { (say.of("Not measured", "未评估")) }
                        @for (strategy, why) in &figures.not_measured { dd { (strategy) ": " (why) "." } }
                    }
                }
            }
        }
    }
}
