//! What a tier takes.

use alloc::vec::Vec;

use super::measure::{Frame, Measures, Metric};
use super::period::{Anchors, Period};
use crate::domain::{Listed, Reason, Zone};

/// One criterion: so much of something over a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// The place of the meter in the ladder's list.
    pub meter: usize,
    /// What the meter measures.
    pub metric: Metric,
    /// Over which period.
    pub period: Period,
    /// How much is needed (inclusive).
    pub at_least: i64,
}

/// What a tier takes: one criterion, or several joined.
#[derive(Clone, Debug, PartialEq)]
pub enum Criteria {
    /// Each must be met; nothing is asked where there is none.
    All(Vec<Criteria>),
    /// One must be met.
    Any(Vec<Criteria>),
    /// This one.
    One(Criterion),
}

impl Default for Criteria {
    fn default() -> Self {
        Criteria::All(Vec::new())
    }
}

/// Everything needed to measure one member.
#[derive(Clone, Copy)]
pub struct Gauge<'a> {
    /// What was measured.
    pub measures: &'a Measures,
    /// The shop's clock.
    pub zone: &'a Zone,
    /// Where counted periods begin.
    pub anchors: Anchors,
}

impl Gauge<'_> {
    /// What is measured for `criterion`.
    pub fn value(&self, criterion: &Criterion, frame: Frame) -> i64 {
        self.measures.value(criterion.meter, &criterion.period, frame, self.zone, self.anchors)
    }

    fn is_met(&self, criterion: &Criterion, frame: Frame) -> bool {
        self.value(criterion, frame) >= criterion.at_least
    }
}

impl Criteria {
    /// Whether they are met in `frame`.
    pub fn met(&self, gauge: &Gauge, frame: Frame) -> bool {
        match self {
            Criteria::All(parts) => parts.iter().all(|part| part.met(gauge, frame)),
            Criteria::Any(parts) => parts.iter().any(|part| part.met(gauge, frame)),
            Criteria::One(criterion) => gauge.is_met(criterion, frame),
        }
    }

    /// What is missing in `frame`: nothing where they are met. One reason a criterion, with the facts `have`, `need`,
    /// `missing`, and `by` (milliseconds) where it has to be there before a period ends. Of alternatives each is told, with
    /// the facts `group`, which numbers the choice, and `option`, which numbers the way to meet it: of a group one
    /// option, all of its reasons, is enough.
    ///
    /// | code | facts | unit |
    /// |---|---|---|
    /// | `missing-spend` | `have`, `need`, `missing`, `by` | minor units |
    /// | `missing-orders` | `have`, `need`, `missing`, `by` | orders |
    /// | `missing-points`, `missing-balance` | `have`, `need`, `missing`, `by` | points |
    /// | `missing-actions` | `have`, `need`, `missing`, `by` | actions |
    /// | `missing-referrals` | `have`, `need`, `missing`, `by` | members brought in |
    /// | `missing-member-days`, `missing-purchase-days` | `have`, `need`, `missing`, `by` | days |
    pub fn missing(&self, gauge: &Gauge, frame: Frame) -> Vec<Reason> {
        let mut reasons = Vec::new();
        self.collect(gauge, frame, None, &mut 0, &mut reasons);
        reasons
    }

    fn collect(&self, gauge: &Gauge, frame: Frame, choice: Option<(u32, u32)>, groups: &mut u32, reasons: &mut Vec<Reason>) {
        match self {
            Criteria::All(parts) => parts.iter().for_each(|part| part.collect(gauge, frame, choice, groups, reasons)),
            Criteria::Any(_) if self.met(gauge, frame) => {}
            Criteria::Any(parts) => {
                let group = *groups;
                *groups = groups.saturating_add(1);
                for (option, part) in (0..).zip(parts) {
                    part.collect(gauge, frame, Some((group, option)), groups, reasons);
                }
            }
            Criteria::One(criterion) if gauge.is_met(criterion, frame) => {}
            Criteria::One(criterion) => reasons.push(with_choice(missing(criterion, gauge, frame), choice)),
        }
    }

    /// Why they are met: a reason a criterion that is.
    ///
    /// | code | facts |
    /// |---|---|
    /// | `reached-spend`, `reached-orders`, `reached-points`, `reached-balance` | `have`, `need` |
    /// | `reached-actions`, `reached-referrals`, `reached-member-days`, `reached-purchase-days` | `have`, `need` |
    pub fn reached(&self, gauge: &Gauge, frame: Frame) -> Vec<Reason> {
        match self {
            Criteria::All(parts) | Criteria::Any(parts) => parts.iter().flat_map(|part| part.reached(gauge, frame)).listed(),
            Criteria::One(criterion) if gauge.is_met(criterion, frame) => {
                let (_, code) = codes(criterion.metric);
                alloc::vec![Reason::new(code).with("have", gauge.value(criterion, frame)).with("need", criterion.at_least)]
            }
            Criteria::One(_) => Vec::new(),
        }
    }

    /// Visits every criterion.
    pub fn for_each(&self, visit: &mut dyn FnMut(&Criterion)) {
        match self {
            Criteria::All(parts) | Criteria::Any(parts) => parts.iter().for_each(|part| part.for_each(visit)),
            Criteria::One(criterion) => visit(criterion),
        }
    }
}

fn missing(criterion: &Criterion, gauge: &Gauge, frame: Frame) -> Reason {
    let have = gauge.value(criterion, frame);
    let (code, _) = codes(criterion.metric);
    let reason =
        Reason::new(code).with("have", have).with("need", criterion.at_least).with("missing", criterion.at_least.saturating_sub(have));
    match frame {
        Frame::At(at) => {
            let end = criterion.period.around(gauge.zone, at, gauge.anchors).end;
            let timeless = matches!(criterion.metric, Metric::Balance | Metric::MemberDays);
            if end == i64::MAX || timeless { reason } else { reason.with("by", end) }
        }
        Frame::Ended(_) | Frame::Extended(..) => reason,
    }
}

fn with_choice(reason: Reason, choice: Option<(u32, u32)>) -> Reason {
    match choice {
        Some((group, option)) => reason.with("group", group).with("option", option),
        None => reason,
    }
}

fn codes(metric: Metric) -> (&'static str, &'static str) {
    match metric {
        Metric::Spend => ("missing-spend", "reached-spend"),
        Metric::Orders => ("missing-orders", "reached-orders"),
        Metric::Points => ("missing-points", "reached-points"),
        Metric::Balance => ("missing-balance", "reached-balance"),
        Metric::Engagement => ("missing-actions", "reached-actions"),
        Metric::Referrals => ("missing-referrals", "reached-referrals"),
        Metric::MemberDays => ("missing-member-days", "reached-member-days"),
        Metric::PurchaseDays => ("missing-purchase-days", "reached-purchase-days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Basket, BasketLine, Member};
    use crate::loyalty::MemberView;
    use crate::loyalty::measure::Meter;

    fn one(meter: usize, metric: Metric, at_least: i64) -> Criteria {
        Criteria::One(Criterion { meter, metric, period: Period::Lifetime, at_least })
    }

    /// Asks about a member with one order of 700.
    fn ask<T>(question: impl Fn(&Gauge) -> T) -> T {
        let lines = alloc::vec![BasketLine { item: "i".into(), quantity: 1, paid: Some(700) }];
        let member = Member { history: alloc::vec![Basket { id: "o".into(), at: 5, lines, ..Basket::default() }], ..Member::default() };
        let view = MemberView::new(&member, &[], &|_| None);
        let meters = [Metric::Spend, Metric::Orders].map(|metric| Meter { metric, ..Meter::default() });
        let measures = Measures::new(&meters, &[], &view, &[], &Zone::default());
        question(&Gauge { measures: &measures, zone: &Zone::default(), anchors: Anchors::default() })
    }

    #[test]
    fn what_equals_the_need_meets_it() {
        let met = |at_least| ask(|gauge| one(0, Metric::Spend, at_least).met(gauge, Frame::At(9)));
        assert!(!met(701) && met(700));
        assert!(ask(|gauge| Criteria::default().met(gauge, Frame::At(9))));
        assert!(!ask(|gauge| Criteria::Any(Vec::new()).met(gauge, Frame::At(9))));
    }

    #[test]
    fn alternatives_are_told_apart() {
        let criteria = Criteria::All(alloc::vec![
            one(0, Metric::Spend, 1000),
            Criteria::Any(alloc::vec![one(1, Metric::Orders, 3), one(0, Metric::Spend, 5000)]),
            Criteria::Any(alloc::vec![one(1, Metric::Orders, 1), one(0, Metric::Spend, 9000)]),
        ]);
        let reasons = ask(|gauge| criteria.missing(gauge, Frame::At(9)));
        let told: Vec<_> = reasons
            .iter()
            .map(|reason| (reason.code.as_ref(), reason.integer("missing").unwrap(), reason.integer("group"), reason.integer("option")))
            .collect();
        let expected =
            [("missing-spend", 300, None, None), ("missing-orders", 2, Some(0), Some(0)), ("missing-spend", 4300, Some(0), Some(1))];
        assert_eq!(told, expected);
    }
}
