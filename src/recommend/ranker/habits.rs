//! A member's history, counted once for a request: by item, by class of items, and as a whole.
//!
//! Everything counts days (of UTC) and baskets, a basket being what was bought on one day.

use alloc::vec::Vec;

use super::Flyers;
use crate::domain::{Catalog, DAY, Item, Listed, Terms, power};
use crate::recommend::{Knowledge, Signals};

/// What is left of a purchase with each later basket, in each of four counts.
pub(super) const DECAYS: [f64; 4] = [0.8, 0.9, 0.95, 0.98];
/// The count (of the four) that classes are counted by.
pub(super) const USUAL: usize = 2;
/// Days after which a purchase counts `1/e` in the count by days.
const FADING_DAYS: f64 = 20.0;

/// What is known of an item that was bought.
#[derive(Clone, Debug)]
pub(super) struct Habit {
    pub item: Item,
    /// Baskets that hold it.
    pub times: f64,
    /// The same, each basket worth [`DECAYS`] for each later one.
    pub decayed: [f64; 4],
    /// The same, each basket worth less the more days ago.
    pub faded: f64,
    /// The same, only those of the weekday of the list, by the last of [`DECAYS`].
    pub weekday: f64,
    /// The same, each basket worth more the more alike its size is to the size of the list's day.
    pub alike: f64,
    /// Day of the last and of the first purchase.
    pub last: i64,
    pub first: i64,
    /// Baskets after the last and after the first purchase.
    pub since: f64,
    pub since_first: f64,
    /// Days between the last two purchases; 0 with one.
    pub last_gap: f64,
    /// Sums of days between purchases, and of their squares.
    pub gaps: f64,
    pub squared_gaps: f64,
    /// Purchases while in a flyer, and baskets since the first purchase while in a flyer.
    pub on_flyer: f64,
    pub offered: f64,
    /// Place among the member's items by the third of [`DECAYS`], from 0.
    pub place: f64,
}

/// What is known of a class of items from which something was bought.
#[derive(Clone, Debug, Default)]
pub(super) struct Class {
    pub decayed: f64,
    pub baskets: f64,
    /// Day of the last and of the first purchase.
    pub last: i64,
    pub first: i64,
    pub items: f64,
    /// The day seen last while counting backwards.
    earlier: i64,
}

/// What is known of the member as a whole.
#[derive(Clone, Debug, Default)]
pub(super) struct Whole {
    pub baskets: f64,
    pub recent_size: f64,
    pub weekday_size: f64,
    /// Size of baskets after gaps like this one.
    pub gap_size: f64,
    /// Days since the last basket, and between baskets.
    pub gap: f64,
    pub mean_gap: f64,
    /// Share of lines that were bought before, newer ones counting more.
    pub repeats: f64,
    /// Share of lines that were in the flyer, of those bought while there was one.
    pub flyer_share: f64,
    /// Sum of the weights of baskets in `alike`.
    pub alike: f64,
}

/// A member's history, counted.
#[derive(Clone, Debug, Default)]
pub struct Habits {
    rows_of: Vec<u32>,
    pub(super) rows: Vec<Habit>,
    kinds: Vec<Class>,
    categories: Vec<Class>,
    baskets: Vec<(i64, f64)>,
    pub(super) whole: Whole,
}

impl Habits {
    /// Counts the baskets before `now`.
    #[cfg_attr(regulars_fast, optimize(speed))]
    pub fn gather(&mut self, catalog: &Catalog, knowledge: &Knowledge, signals: &Signals, now: i64) {
        self.reset(catalog);
        let today = now.div_euclid(DAY);
        let history = || signals.newest_first().skip_while(|(at, _)| *at > now);
        for (at, lines) in history() {
            let day = at.div_euclid(DAY);
            let count = lengths(lines.len());
            match self.baskets.last_mut() {
                Some((known, size)) if *known == day => *size += count,
                _ => self.baskets.push((day, count)),
            }
        }
        self.measure(today, knowledge.ranker.mere_order);
        let mut ago = 0_usize;
        let mut day_before = None;
        let mut flyer = None;
        for (at, lines) in history() {
            let day = at.div_euclid(DAY);
            if day_before.is_some_and(|before| before != day) {
                ago = ago.saturating_add(1);
            }
            if day_before != Some(day) {
                flyer = knowledge.flyers.on(day);
            }
            day_before = Some(day);
            let worth = Worth::of(self, ago, day, today, knowledge.ranker.mere_order);
            for (item, _) in lines {
                self.add(*item, day, ago, &worth, catalog, flyer.map(|flyer| knowledge.flyers.place(flyer, *item) > 0));
            }
        }
        self.finish(&knowledge.flyers);
    }

    pub(super) fn habit(&self, item: Item) -> Option<&Habit> {
        self.rows.get(self.rows_of.get(item.index())?.checked_sub(1)? as usize)
    }

    pub(super) fn kind(&self, term: u32) -> Option<&Class> {
        self.kinds.get(term as usize).filter(|class| class.baskets > 0.0)
    }

    pub(super) fn category(&self, term: u32) -> Option<&Class> {
        self.categories.get(term as usize).filter(|class| class.baskets > 0.0)
    }

    fn reset(&mut self, catalog: &Catalog) {
        self.rows_of.clear();
        self.rows_of.resize(catalog.len(), 0);
        self.rows.clear();
        for classes in [&mut self.kinds, &mut self.categories] {
            classes.clear();
            classes.resize(catalog.terms.0.len(), Class::default());
        }
        self.baskets.clear();
        self.whole = Whole::default();
    }

    /// Works out sizes and gaps of baskets.
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn measure(&mut self, today: i64, mere_order: bool) {
        let baskets = lengths(self.baskets.len());
        let Some((newest, _)) = self.baskets.first().copied() else { return };
        let oldest = self.baskets.last().map_or(newest, |(day, _)| *day);
        let mean = self.baskets.iter().map(|(_, size)| size).sum::<f64>() / baskets;
        let recent = self.baskets.iter().take(10);
        let recent_size = recent.clone().map(|(_, size)| size).sum::<f64>() / lengths(recent.len());
        let gap = days(newest, today);
        let mean_gap = if baskets > 1.0 { days(oldest, newest) / (baskets - 1.0) } else { 30.0 };
        let (mut weekday, mut on_weekday) = (0.0, 0.0);
        let (mut near, mut near_size) = (2.0, 2.0 * mean);
        let mut later: Option<(i64, f64)> = None;
        for (day, size) in self.baskets.iter().copied() {
            if !mere_order && same_weekday(day, today) {
                weekday += size;
                on_weekday += 1.0;
            }
            if let Some((later_day, later_size)) = later {
                let distance = libm::log((days(day, later_day) + 1.0) / (gap + 1.0)) * 2.0;
                let likeness = libm::exp(-0.5 * distance * distance);
                near += likeness;
                near_size += likeness * later_size;
            }
            later = Some((day, size));
        }
        let weekday_size = (weekday + 2.0 * mean) / (on_weekday + 2.0);
        let gap_size = near_size / near;
        self.whole = Whole { baskets, recent_size, weekday_size, gap_size, gap, mean_gap, ..Whole::default() };
    }

    #[cfg_attr(regulars_fast, optimize(speed))]
    fn add(&mut self, item: Item, day: i64, ago: usize, worth: &Worth, catalog: &Catalog, on_flyer: Option<bool>) {
        let Some(place) = self.rows_of.get_mut(item.index()) else { return };
        let baskets = lengths(ago);
        let new = *place == 0;
        if new {
            self.rows.push(Habit::new(item, day, baskets));
            *place = u32::try_from(self.rows.len()).unwrap_or(0);
        }
        let Some(habit) = place.checked_sub(1).and_then(|row| self.rows.get_mut(row as usize)) else { return };
        if !new {
            if habit.first == day {
                return;
            }
            let gap = days(day, habit.first);
            if habit.last_gap == 0.0 {
                habit.last_gap = gap;
            }
            habit.gaps += gap;
            habit.squared_gaps += gap * gap;
        }
        habit.first = day;
        habit.since_first = baskets;
        habit.times += 1.0;
        for (sum, worth) in habit.decayed.iter_mut().zip(worth.decayed) {
            *sum += worth;
        }
        habit.faded += worth.faded;
        habit.weekday += worth.weekday;
        habit.alike += worth.alike;
        habit.on_flyer += if on_flyer == Some(true) { 1.0 } else { 0.0 };
        let usual = worth.decayed.get(USUAL).copied().unwrap_or(0.0);
        for (classes, column) in [(&mut self.kinds, &catalog.items.kind), (&mut self.categories, &catalog.items.category)] {
            let term = column.get(item.index()).unwrap_or(Terms::NONE);
            let Some(class) = classes.get_mut(term as usize) else { continue };
            class.decayed += usual;
            class.items += if new { 1.0 } else { 0.0 };
            if class.baskets == 0.0 || class.earlier != day {
                if class.baskets == 0.0 {
                    class.last = day;
                }
                class.baskets += 1.0;
                class.first = day;
                class.earlier = day;
            }
        }
    }

    /// Works out what needs the whole history.
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn finish(&mut self, flyers: &Flyers) {
        self.whole.alike = self.baskets.iter().map(|(_, size)| likeness(*size, self.whole.weekday_size)).sum();
        // Lines bought before: all but the first of each item; those of the oldest basket could not be.
        let oldest = self.whole.baskets - 1.0;
        let fade = |ago: f64| power(0.97, ago);
        let lines: f64 = self.baskets.iter().zip(0_u32..).map(|((_, size), ago)| size * fade(f64::from(ago))).sum();
        let oldest_lines = self.baskets.last().map_or(0.0, |(_, size)| size * fade(oldest));
        let first: f64 = self.rows.iter().filter(|habit| habit.since_first < oldest).map(|habit| fade(habit.since_first)).sum();
        let known = (lines - oldest_lines).max(0.0);
        self.whole.repeats = ((known - first).max(0.0) + 2.0) / (known + 4.0);
        self.offer(flyers);
        let mut order: Vec<(f64, Item)> = self.rows.iter().map(|habit| (habit.usual(), habit.item)).listed();
        order.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        for ((_, item), place) in order.iter().zip(0_u32..) {
            let row = self.rows_of.get(item.index()).and_then(|row| row.checked_sub(1));
            if let Some(habit) = row.and_then(|row| self.rows.get_mut(row as usize)) {
                habit.place = f64::from(place);
            }
        }
    }

    /// How often each item could have been bought from a flyer.
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn offer(&mut self, flyers: &Flyers) {
        let mut all = 0.0;
        let mut rest = &self.baskets[..];
        while let Some((day, _)) = rest.first() {
            let Some(flyer) = flyers.on(*day) else {
                rest = rest.get(1..).unwrap_or_default();
                continue;
            };
            let span = rest.iter().take_while(|(other, _)| flyers.on(*other) == Some(flyer));
            let count = span.clone().count();
            all += span.map(|(_, size)| size).sum::<f64>();
            let newest = self.baskets.len().saturating_sub(rest.len());
            for item in flyers.lists.get(flyer) {
                let row = self.rows_of.get(*item as usize).and_then(|row| row.checked_sub(1));
                if let Some(habit) = row.and_then(|row| self.rows.get_mut(row as usize)) {
                    let first = lengths(newest);
                    habit.offered += (habit.since_first - first + 1.0).clamp(0.0, lengths(count));
                }
            }
            rest = rest.get(count..).unwrap_or_default();
        }
        let on: f64 = self.rows.iter().map(|habit| habit.on_flyer).sum();
        self.whole.flyer_share = (on + 1.0) / (all + 10.0);
    }
}

impl Habit {
    fn new(item: Item, day: i64, ago: f64) -> Self {
        Habit {
            item,
            times: 0.0,
            decayed: [0.0; 4],
            faded: 0.0,
            weekday: 0.0,
            alike: 0.0,
            last: day,
            first: day,
            since: ago,
            since_first: ago,
            last_gap: 0.0,
            gaps: 0.0,
            squared_gaps: 0.0,
            on_flyer: 0.0,
            offered: 0.0,
            place: 0.0,
        }
    }

    /// The count that items are compared by.
    pub(super) fn usual(&self) -> f64 {
        self.decayed.get(USUAL).copied().unwrap_or(0.0)
    }
}

/// What a purchase in one basket counts.
struct Worth {
    decayed: [f64; 4],
    faded: f64,
    weekday: f64,
    alike: f64,
}

impl Worth {
    #[cfg_attr(regulars_fast, optimize(speed))]
    fn of(habits: &Habits, ago: usize, day: i64, today: i64, mere_order: bool) -> Self {
        let decayed = DECAYS.map(|decay| power(decay, lengths(ago)));
        let size = habits.baskets.get(ago).map_or(0.0, |(_, size)| *size);
        let slowest = decayed.last().copied().unwrap_or(0.0);
        Worth {
            decayed,
            faded: libm::exp(-days(day, today) / FADING_DAYS),
            weekday: if !mere_order && same_weekday(day, today) { slowest } else { 0.0 },
            alike: likeness(size, habits.whole.weekday_size),
        }
    }
}

/// How alike two sizes of baskets are, from 0 to 1.
fn likeness(size: f64, other: f64) -> f64 {
    let distance = libm::log((size + 1.0) / (other + 1.0));
    libm::exp(-distance * distance)
}

fn same_weekday(one: i64, other: i64) -> bool {
    one.rem_euclid(7) == other.rem_euclid(7)
}

#[allow(clippy::cast_precision_loss)] // days that people live to see are exact in a double
fn days(from: i64, to: i64) -> f64 {
    to.saturating_sub(from) as f64
}

fn lengths(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::MAX, f64::from)
}
