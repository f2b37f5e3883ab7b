//! Tasks where one item is to be found: bought together, similar, session.

use std::collections::BTreeSet;

use regulars::domain::{Catalog, Column, Item, MINUTE, Terms};
use regulars::recommend::{Knowledge, Request, Scratch, Signals, Strategy, Touch};

use super::cases::Case;
use super::study::listed;
use crate::baskets::learn::DAY;

/// Items of a basket that are left out one after the other, and pairs of a household, at most.
const MOST_OF_A_CASE: usize = 5;
/// Items that a visit looks at.
const VIEWS: usize = 5;

/// One item that is to be found, and what is known.
pub struct Task {
    pub strategy: Strategy,
    pub day: i64,
    /// The cart; for similar items the one asked about; what a visit looked at, oldest first.
    pub given: Vec<Item>,
    /// What is not shown: a visit's household bought it already.
    pub known: BTreeSet<Item>,
    pub wanted: u32,
}

impl Task {
    /// The list by `strategy`, which sees the last `most` of what is given.
    pub fn list(
        &self,
        catalog: &Catalog,
        knowledge: &Knowledge,
        strategy: Strategy,
        most: usize,
        limit: usize,
        scratch: &mut Scratch,
    ) -> Vec<Item> {
        let given = &self.given[self.given.len().saturating_sub(most)..];
        let now = self.day * DAY;
        let keep = |item: Item| !self.known.contains(&item);
        let mut signals = Signals::default();
        let mut request = Request { filter: Some(&keep), ..Request::new(strategy, limit, now) };
        match self.strategy {
            Strategy::Similar => request.item = given.first().copied(),
            Strategy::BoughtTogether => request.cart = given,
            _ => {
                let back = (0..given.len() as i64).rev();
                signals.touches =
                    given.iter().zip(back).map(|(item, back)| Touch { at: now - back * MINUTE, item: *item, weight: 1.0 }).collect();
            }
        }
        listed(catalog, knowledge, &signals, &request, scratch)
    }
}

/// One item of the basket from the others; nothing is known of the household.
pub fn together(catalog: &Catalog, cases: &[Case]) -> Vec<Task> {
    let items = u32::try_from(catalog.len()).unwrap_or(u32::MAX);
    let of_case = |case: &Case| {
        let basket: Vec<u32> = case.wanted.iter().copied().filter(|item| *item < items).collect();
        let step = basket.len().div_ceil(MOST_OF_A_CASE).max(1);
        let left_out: Vec<u32> = basket.iter().copied().step_by(step).filter(|_| basket.len() > 1).collect();
        let task = |wanted: u32| {
            let given = basket.iter().filter(|item| **item != wanted).map(|item| Item(*item)).collect();
            Task { strategy: Strategy::BoughtTogether, day: case.day, given, known: BTreeSet::new(), wanted }
        };
        left_out.into_iter().map(task).collect::<Vec<_>>()
    };
    cases.iter().flat_map(of_case).collect()
}

/// The classes that similar items share: kinds; categories where there are no kinds; `None` where there are neither.
pub fn classes(catalog: &Catalog) -> Option<&Column<u32>> {
    [&catalog.items.kind, &catalog.items.category].into_iter().find(|column| column.as_slice().iter().any(|term| *term != Terms::NONE))
}

/// An item that is new to the household from the one of its class that it bought last.
pub fn similar(catalog: &Catalog, cases: &[Case]) -> Vec<Task> {
    let Some(classes) = classes(catalog) else { return Vec::new() };
    let class = |item: u32| classes.get(item as usize).filter(|term| *term != Terms::NONE);
    let of_case = |case: &Case| {
        let wanted = case.new.iter().copied().filter(|item| class(*item).is_some()).take(MOST_OF_A_CASE);
        let task = |wanted: u32| {
            let of_class = |item: &&Item| class(item.0) == class(wanted);
            let anchor = case.baskets.iter().rev().find_map(|(_, basket)| basket.iter().find(of_class))?;
            Some(Task { strategy: Strategy::Similar, day: case.day, given: vec![*anchor], known: BTreeSet::new(), wanted })
        };
        wanted.filter_map(task).collect::<Vec<_>>()
    };
    cases.iter().flat_map(of_case).collect()
}

/// What a household next bought for the first time, from the last items it so bought, looked at one after the other by somebody
/// who is not known.
pub fn session(catalog: &Catalog, cases: &[Case]) -> Vec<Task> {
    let items = u32::try_from(catalog.len()).unwrap_or(u32::MAX);
    let of_case = |case: &Case| {
        let firsts: Vec<Item> = case.firsts().into_iter().map(|(_, item)| item).collect();
        let given = firsts[firsts.len().saturating_sub(VIEWS)..].to_vec();
        let known: BTreeSet<Item> = firsts.into_iter().collect();
        let wanted: Vec<u32> = case.new.iter().copied().filter(|item| *item < items).take(MOST_OF_A_CASE).collect();
        let task = |wanted| Task { strategy: Strategy::Session, day: case.day, given: given.clone(), known: known.clone(), wanted };
        wanted.into_iter().filter(|_| !given.is_empty()).map(task).collect::<Vec<_>>()
    };
    cases.iter().flat_map(of_case).collect()
}

/// One item of a trip from others of it, looked at one after the other by somebody who is not known: those that follow it by number,
/// as the order in which they were put into the cart is in no table of orders.
pub fn trip(catalog: &Catalog, cases: &[Case]) -> Vec<Task> {
    let task = |task: Task| {
        let (before, after): (Vec<Item>, Vec<Item>) = task.given.iter().partition(|item| item.0 < task.wanted);
        let given = after.into_iter().chain(before).take(VIEWS).collect();
        Task { strategy: Strategy::Session, given, ..task }
    };
    together(catalog, cases).into_iter().map(task).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baskets::details::Details;

    fn case() -> Case {
        let baskets = [(1, vec![Item(0)]), (3, vec![Item(0), Item(1)])];
        Case { baskets: baskets.into(), day: 9, wanted: vec![0, 2, 3, 99], new: vec![2, 3, 99] }
    }

    #[test]
    fn each_item_is_to_be_found_from_what_may_be_known() {
        let details: Details = serde_json::from_str(r#"{"items": {"b": {"kind": "milk"}, "c": {"kind": "milk"}}}"#).unwrap();
        let catalog = details.catalog(&["a", "b", "c", "d"].map(String::from));
        let told = |tasks: Vec<Task>| {
            tasks.into_iter().map(|task| (task.wanted, task.given.iter().map(|item| item.0).collect::<Vec<_>>())).collect::<Vec<_>>()
        };
        assert_eq!(told(together(&catalog, &[case()])), [(0, vec![2, 3]), (2, vec![0, 3]), (3, vec![0, 2])]);
        assert_eq!(told(trip(&catalog, &[case()])), [(0, vec![2, 3]), (2, vec![3, 0]), (3, vec![0, 2])]);
        assert_eq!(told(similar(&catalog, &[case()])), [(2, vec![1])]);
        assert_eq!(told(session(&catalog, &[case()])), [(2, vec![0, 1]), (3, vec![0, 1])]);
        assert!(similar(&Details::default().catalog(&["a".into()]), &[case()]).is_empty());
        let alone = Case { wanted: vec![2], new: vec![2], baskets: Vec::new(), day: 9 };
        assert!(together(&catalog, &[alone]).is_empty());
    }
}
