//! Which offers go together in one order.

use alloc::vec::Vec;

use super::Bits;
use crate::domain::Listed;
use crate::offers::offer::Offer;
use crate::offers::prepare::Case;
use crate::offers::{Class, Exclusive, Mode, Scope};

/// Why two offers don't go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::offers) enum Conflict {
    /// One of them goes together with none.
    Exclusive,
    /// Their classes don't, or one does not want the other's.
    Class,
    /// They stand in a group that lets one through, the group's place; the outermost level where there is none.
    Group(Option<usize>),
}

/// The offers that take part, by how they go together with others: all of a sort do alike, and are asked about once.
pub(super) struct Sorts {
    /// One of each sort, and all of it.
    sorts: Vec<(usize, Bits)>,
    /// The place of each offer's sort.
    sort_of: Vec<usize>,
}

impl Sorts {
    pub fn of(case: &Case<'_>) -> Self {
        let count = case.live.len();
        let (mut sorts, mut sort_of): (Vec<(usize, Bits)>, Vec<usize>) = (Vec::new(), Vec::new());
        for live in 0..count {
            let sort = sorts.iter().position(|(known, _)| are_alike(case, *known, live)).unwrap_or(sorts.len());
            if sort == sorts.len() {
                sorts.push((live, Bits::new(count)));
            }
            if let Some((_, all)) = sorts.get_mut(sort) {
                all.insert(live);
            }
            sort_of.push(sort);
        }
        Sorts { sorts, sort_of }
    }

    /// For each offer, those that can't be applied beside it.
    pub fn conflicts(&self, case: &Case<'_>) -> Vec<Bits> {
        self.kept_apart(&|left, right| conflict(case, left, right).is_some())
    }

    /// For each offer, those that may not reduce a line that it reduces.
    pub fn apart_on_line(&self, case: &Case<'_>) -> Vec<Bits> {
        self.kept_apart(&|left, right| keep_apart(case, left, right))
    }

    fn kept_apart(&self, are_apart: &dyn Fn(usize, usize) -> bool) -> Vec<Bits> {
        let count = self.sort_of.len();
        let mut rows: Vec<Bits> = self.sorts.iter().map(|_| Bits::new(count)).listed();
        for (place, (one, all)) in self.sorts.iter().enumerate() {
            for (before, (other, all_others)) in self.sorts.iter().enumerate().take(place.saturating_add(1)) {
                if are_apart(*one, *other) {
                    for (row, more) in [(place, all_others), (before, all)] {
                        if let Some(row) = rows.get_mut(row) {
                            row.add_all(more);
                        }
                    }
                }
            }
        }
        let row_of = |(live, sort): (usize, &usize)| {
            let mut row = rows.get(*sort).cloned().unwrap_or_default();
            row.remove(live);
            row
        };
        let table: Vec<Bits> = self.sort_of.iter().enumerate().map(row_of).listed();
        let asked_alone = |left: usize, right: usize| left != right && are_apart(left, right);
        debug_assert!(table.iter().enumerate().all(|(left, row)| (0..count).all(|right| row.has(right) == asked_alone(left, right))));
        table
    }
}

/// Whether the offers at `left` and `right` of [`Case::live`] have all in common that [`conflict`] and [`keep_apart`] ask of one.
fn are_alike(case: &Case<'_>, left: usize, right: usize) -> bool {
    let stacking = |live: usize| {
        let offer = case.live.get(live).and_then(|live| case.offer(live))?;
        Some((offer.exclusive, offer.class, offer.group, &offer.combines, &offer.tags))
    };
    stacking(left) == stacking(right)
}

/// Why the offers at `left` and `right` of [`Case::live`] don't go together; `None` where they do.
pub(in crate::offers) fn conflict(case: &Case<'_>, left: usize, right: usize) -> Option<Conflict> {
    let offer = |live: usize| case.live.get(live).and_then(|live| case.offer(live));
    let (left, right) = (offer(left)?, offer(right)?);
    let alone = case.book.stacking.exclusive == Exclusive::Alone && (left.exclusive || right.exclusive);
    if alone || outside_exclusive_group(case, left, right) || outside_exclusive_group(case, right, left) {
        return Some(Conflict::Exclusive);
    }
    if !(wants(case, left, right.class) && wants(case, right, left.class)) {
        return Some(Conflict::Class);
    }
    let common = common_group(case, left, right);
    lets_one_through(case, common).then_some(Conflict::Group(common))
}

/// Whether the offers at `left` and `right` of [`Case::live`] may not reduce one line.
pub(in crate::offers) fn keep_apart(case: &Case<'_>, left: usize, right: usize) -> bool {
    let offer = |live: usize| case.live.get(live).and_then(|live| case.offer(live));
    let (Some(left), Some(right)) = (offer(left), offer(right)) else { return false };
    let group = common_group(case, left, right).and_then(|group| case.book.stacking.groups.get(group));
    let in_line_group = group.is_some_and(|group| group.scope == Scope::Line && group.mode != Mode::Stack);
    in_line_group || (case.book.stacking.apart_on_line.has(left.class, right.class) && !tags_agree(left, right))
}

/// Whether each of the two names a tag of the other.
fn tags_agree(left: &Offer, right: &Offer) -> bool {
    let names = |offer: &Offer, other: &Offer| {
        let named = offer.combines.as_ref().map_or(&[][..], |combines| &combines.tags);
        named.iter().any(|tag| other.tags.binary_search(tag).is_ok())
    };
    names(left, right) && names(right, left)
}

fn wants(case: &Case<'_>, offer: &Offer, other: Class) -> bool {
    match &offer.combines {
        Some(combines) => combines.classes.contains(&other),
        None => case.book.stacking.classes.has(offer.class, other),
    }
}

/// The groups around an offer, from the inside out.
fn groups_around(case: &Case<'_>, group: Option<usize>) -> impl Iterator<Item = usize> {
    let groups = &case.book.stacking.groups;
    // A parent stands before its groups, so the chain ends.
    core::iter::successors(group, |group| groups.get(*group).and_then(|known| known.parent).filter(|parent| parent < group))
}

fn outside_exclusive_group(case: &Case<'_>, offer: &Offer, other: &Offer) -> bool {
    let exclusive = |group: &usize| case.book.stacking.groups.get(*group).is_some_and(|group| group.exclusive);
    groups_around(case, offer.group).filter(exclusive).any(|group| !groups_around(case, other.group).any(|around| around == group))
}

/// The innermost group around both; `None` is the outermost level.
fn common_group(case: &Case<'_>, left: &Offer, right: &Offer) -> Option<usize> {
    groups_around(case, left.group).find(|group| groups_around(case, right.group).any(|around| around == *group))
}

/// Whether of the members of `group` only one is ever applied.
fn lets_one_through(case: &Case<'_>, group: Option<usize>) -> bool {
    let one_of = |mode: Mode| matches!(mode, Mode::ListOrder | Mode::Highest | Mode::Lowest);
    match group.and_then(|group| case.book.stacking.groups.get(group)) {
        Some(group) => group.scope == Scope::Order && (one_of(group.mode) || group.limit() == Some(1)),
        None => one_of(case.book.stacking.mode),
    }
}

/// The groups around the offer at `live` that let only so many offers through, with how many. Those that let one through
/// make [`conflicts`] instead.
pub(super) fn limits_around(case: &Case<'_>, live: usize) -> Vec<(usize, u32)> {
    let Some(offer) = case.live.get(live).and_then(|live| case.offer(live)) else { return Vec::new() };
    let limited = |group: usize| {
        let known = case.book.stacking.groups.get(group).filter(|group| group.scope == Scope::Order)?;
        known.limit().filter(|limit| *limit != 1).map(|limit| (group, limit))
    };
    groups_around(case, offer.group).filter_map(limited).listed()
}
