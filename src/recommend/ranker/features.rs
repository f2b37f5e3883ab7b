//! The features that the ranker sees of a member and an item: written once, used by training and on the device.

use alloc::vec::Vec;

use super::Ranking;
use super::habits::{Class, Habit, Habits};
use crate::domain::{Catalog, DAY, Item, Terms};
use crate::recommend::Knowledge;
use crate::recommend::part::Part;

/// Values of all features, in the order of [`Feature::ALL`].
pub type Row = [f32; FEATURES];

macro_rules! features {
    ($($(#[$meaning:meta])* $feature:ident $name:literal $part:ident,)*) => {
        /// A feature. Its number is part of the form of models: new ones come at the end.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Feature { $($(#[$meaning])* $feature,)* }

        impl Feature {
            /// All features, by their numbers.
            pub const ALL: &[Feature] = &[$(Feature::$feature,)*];

            /// What the trainer calls each.
            pub const NAMES: &[&str] = &[$($name,)*];

            /// The part of a score that each stands for, in reasons.
            const PARTS: &[Part] = &[$(Part::$part,)*];
        }

        /// How many features there are.
        pub const FEATURES: usize = Feature::ALL.len();
    };
}

features! {
    /// The score before ranking: decayed purchases, popularity and whatever else the weights count.
    Score "score" Frequency,
    /// Baskets that hold the item, each worth 0.8 for each later one.
    Decay80 "decay 0.80" Frequency,
    /// The same with 0.9.
    Decay90 "decay 0.90" Frequency,
    /// The same with 0.95.
    Decay95 "decay 0.95" Frequency,
    /// The same with 0.98.
    Decay98 "decay 0.98" Frequency,
    /// Baskets that hold it, each worth `exp(-days / 20)`.
    Faded "faded by days" Frequency,
    /// Baskets that hold it.
    Times "times" Frequency,
    /// Share of the member's baskets.
    Share "share of baskets" Frequency,
    /// Share of the baskets since it was first bought.
    ShareSinceFirst "share since first" Frequency,
    /// Place among the member's items, by decayed purchases.
    Place "place" Frequency,
    /// Baskets that hold it, weighed by how alike their size is to the usual size on this weekday, over all baskets so weighed.
    Alike "alike baskets" Frequency,
    /// Days since it was bought.
    SinceDays "days since" Due,
    /// Baskets since it was bought.
    SinceBaskets "baskets since" Due,
    /// Days since it was bought, over the usual days between purchases (the member's own, drawn to those of all).
    Due "due" Due,
    /// Days since it was bought against the member's own interval, in standard deviations.
    DueDeviation "due deviation" Due,
    /// Days since it was bought over those between the last two purchases.
    DueLast "due by last gap" Due,
    /// Usual days between purchases.
    Interval "interval" Due,
    /// Baskets since it was bought over the usual baskets between purchases.
    DueBaskets "due in baskets" Due,
    /// Days since it was bought over the usual days of all members.
    DueAll "due by all" Due,
    /// Decayed purchases of its kind.
    KindDecay "kind decay" Category,
    /// Its share of them.
    KindShare "share of kind" Frequency,
    /// Days since its kind was bought, over the usual days between.
    KindDue "kind due" Due,
    /// Days since its kind was bought.
    KindSince "kind since" Due,
    /// Share of the member's baskets that hold its kind.
    KindBaskets "kind baskets" Category,
    /// How many different items of its kind were bought.
    KindItems "kind items" Category,
    /// Decayed purchases of its category.
    CategoryDecay "category decay" Category,
    /// Days since its category was bought.
    CategorySince "category since" Due,
    /// How much more than others the member buys from its classes.
    Affinity "affinity" Category,
    /// Share of its purchases that fell on this weekday.
    Weekday "weekday" Moment,
    /// Usual size of baskets on this weekday.
    WeekdaySize "size on weekday" Moment,
    /// Days since the last basket.
    Gap "gap" Moment,
    /// The same over the usual days between baskets.
    GapDue "gap due" Moment,
    /// Usual size of baskets after a gap like this one.
    GapSize "size after gap" Moment,
    /// Share of lines that the member had bought before.
    Repeats "repeats" Frequency,
    /// The member's baskets.
    Baskets "baskets" Frequency,
    /// Lines in a basket, of the last ten.
    Size "size" Frequency,
    /// Different items bought.
    Items "items" Frequency,
    /// Popularity, 1 being the most popular item.
    Popularity "popularity" Popularity,
    /// Share of the baskets of the last 28 days.
    Recent "recent" Popularity,
    /// Share of the baskets of the last 7 days.
    Week "week" Trend,
    /// The same over the popularity.
    WeekTrend "week trend" Trend,
    /// Share of buyers who buy again.
    RepeatRate "repeat rate" Popularity,
    /// Of the baskets of its buyers after the first that held it, the share that held it again.
    Rebuy "rebuy" Popularity,
    /// Usual days of all members between purchases.
    Rhythm "rhythm" Due,
    /// In the flyer: how well placed.
    Flyer "flyer" Flyer,
    /// How much more it sells in the flyer; 1 while it is not in it.
    FlyerLift "flyer lift" Flyer,
    /// Decayed purchases times that.
    FlyerDecay "decay x flyer" Flyer,
    /// Popularity times that.
    FlyerSales "sales x flyer" Flyer,
    /// Share of the member's purchases of it that were from the flyer.
    OnFlyer "bought on flyer" Flyer,
    /// Those purchases less those to be expected; 0 while it is not in the flyer.
    FlyerHabit "flyer habit" Flyer,
    /// `Due` while in the flyer, else -1.
    FlyerDue "flyer due" Flyer,
    /// The member's share of lines from the flyer.
    FlyerShare "flyer share" Flyer,
    /// Others of its kind in the flyer.
    Siblings "siblings in flyer" Flyer,
    /// How much more it sells in the flyer, whether it is in it or not.
    Lift "lift" Flyer,
    /// What the member's items say of it: bought together.
    Together "together" Together,
    /// The same: bought after them.
    Sequence "sequence" Sequence,
    /// The same: can stand for them.
    Similar "similar" Similar,
    /// What members with the same items buy: each of the member's items counts as often as it was bought lately.
    Companions "companions" Companions,
    /// The same, each item once, over the number of the member's items.
    CompanionShare "companions an item" Companions,
}

/// The part of a score that feature number `feature` stands for.
pub(in crate::recommend) fn part_of(feature: usize) -> Part {
    Feature::PARTS.get(feature).copied().unwrap_or(Part::Frequency)
}

/// The flyer of the day, and what of each kind is in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Today {
    pub day: i64,
    pub flyer: Option<usize>,
    pub of_kind: Vec<u16>,
}

impl Today {
    pub(super) fn set(&mut self, catalog: &Catalog, knowledge: &Knowledge, now: i64) {
        self.day = now.div_euclid(DAY);
        self.flyer = knowledge.flyers.on(self.day);
        self.of_kind.clear();
        let Some(flyer) = self.flyer else { return };
        self.of_kind.resize(catalog.terms.0.len(), 0);
        for item in knowledge.flyers.lists.get(flyer) {
            let kind = catalog.items.kind.get(*item as usize).unwrap_or(Terms::NONE);
            if let Some(count) = self.of_kind.get_mut(kind as usize) {
                *count = count.saturating_add(1);
            }
        }
    }
}

/// What stands for 'never' in counts of days and baskets.
const NEVER: f64 = 999.0;
/// Purchase gaps of the member's own that the rhythm of all is worth.
const PRIOR_GAPS: f64 = 2.0;

/// The features of `item`, of which anchors say `together`, `sequence` and `similar`, and which the weights give `score`.
pub(super) fn row(
    item: Item,
    score: f64,
    [together, sequence, similar]: [f64; 3],
    affinity: f64,
    ranking: &Ranking,
    catalog: &Catalog,
    knowledge: &Knowledge,
) -> Row {
    let Ranking { habits, companions, today } = ranking;
    let mut values = [0.0; FEATURES];
    let mut put = |feature: Feature, value: f64| {
        if let Some(slot) = values.get_mut(feature as usize) {
            *slot = value;
        }
    };
    let index = item.index();
    let known = |column: &crate::domain::Column<f32>| f64::from(column.get(index).unwrap_or(0.0));
    let whole = &habits.whole;
    let habit = habits.habit(item);
    let rhythm = known(&knowledge.rhythm_days);
    let due = habit.map_or(-1.0, |habit| due(habit, rhythm, today.day));
    put(Feature::Score, score);
    if let Some(habit) = habit {
        put_habit(&mut put, habit, habits, rhythm, today.day);
        put(Feature::Due, due);
    } else {
        put(Feature::SinceDays, NEVER);
        put(Feature::SinceBaskets, NEVER);
        put(Feature::Place, NEVER);
        put(Feature::Due, -1.0);
        put(Feature::DueLast, -1.0);
        put(Feature::DueBaskets, -1.0);
        put(Feature::DueAll, -1.0);
        put(Feature::DueDeviation, -NEVER);
    }
    let kind = catalog.items.kind.get(index).unwrap_or(Terms::NONE);
    let own = habit.map_or(0.0, Habit::usual);
    put_classes(&mut put, own, habits, kind, catalog.items.category.get(index).unwrap_or(Terms::NONE), rhythm, today.day);
    put(Feature::Affinity, affinity);
    put(Feature::WeekdaySize, whole.weekday_size);
    put(Feature::Gap, whole.gap);
    put(Feature::GapDue, whole.gap / whole.mean_gap.max(0.5));
    put(Feature::GapSize, whole.gap_size);
    put(Feature::Repeats, whole.repeats);
    put(Feature::Baskets, whole.baskets);
    put(Feature::Size, whole.recent_size);
    let items = f64::from(u32::try_from(habits.rows.len()).unwrap_or(u32::MAX));
    put(Feature::Items, items);
    let (pull, near) = companions.of(item);
    put(Feature::Companions, pull);
    put(Feature::CompanionShare, near / items.max(1.0));
    let popularity = known(&knowledge.popularity);
    put(Feature::Popularity, popularity * knowledge.popularity_scale());
    put(Feature::Recent, known(&knowledge.recent));
    put(Feature::Week, known(&knowledge.week));
    put(Feature::WeekTrend, (known(&knowledge.week) + 0.0002) / (popularity + 0.0002));
    put(Feature::RepeatRate, known(&knowledge.repeat_rate));
    put(Feature::Rebuy, known(&knowledge.rebuy));
    put(Feature::Rhythm, rhythm);
    let place = today.flyer.map_or(0, |flyer| knowledge.flyers.place(flyer, item));
    let lift = knowledge.flyer_lift.get(index).map_or(1.0, f64::from);
    let now = if place > 0 { lift } else { 1.0 };
    put(Feature::Flyer, f64::from(place));
    put(Feature::FlyerLift, now);
    put(Feature::FlyerDecay, own * now);
    put(Feature::FlyerSales, popularity * now);
    put(Feature::Lift, lift);
    put(Feature::FlyerShare, whole.flyer_share);
    let of_kind = today.of_kind.get(kind as usize).copied().unwrap_or(0);
    put(Feature::Siblings, f64::from(of_kind.saturating_sub(u16::from(place > 0))));
    if let Some(habit) = habit {
        put(Feature::OnFlyer, habit.on_flyer / habit.times);
        let expected = habit.times * habit.offered / (habit.since_first + 1.0);
        put(Feature::FlyerHabit, if place > 0 { habit.on_flyer - expected } else { 0.0 });
    }
    put(Feature::FlyerDue, if place > 0 { due } else { -1.0 });
    put(Feature::Together, together);
    put(Feature::Sequence, sequence);
    put(Feature::Similar, similar);
    let mut row = [0.0; FEATURES];
    for (place, slot) in row.iter_mut().enumerate() {
        *slot = narrow(values.get(place).copied().unwrap_or(0.0));
    }
    row
}

fn put_habit(put: &mut impl FnMut(Feature, f64), habit: &Habit, habits: &Habits, rhythm: f64, today: i64) {
    let whole = &habits.whole;
    let since = days(habit.last, today);
    let [fastest, faster, slower, slowest] = habit.decayed;
    put(Feature::Decay80, fastest);
    put(Feature::Decay90, faster);
    put(Feature::Decay95, slower);
    put(Feature::Decay98, slowest);
    put(Feature::Faded, habit.faded);
    put(Feature::Times, habit.times);
    put(Feature::Share, habit.times / whole.baskets);
    let since_first = habit.since_first + 1.0;
    put(Feature::ShareSinceFirst, habit.times / since_first);
    put(Feature::Place, habit.place);
    put(Feature::Alike, habit.alike / (whole.alike + 1.0));
    put(Feature::SinceDays, since);
    put(Feature::SinceBaskets, habit.since);
    let gaps = habit.times - 1.0;
    if gaps > 0.0 {
        let mean = habit.gaps / gaps;
        let variance = (habit.squared_gaps / gaps - mean * mean).max(0.0);
        let deviation = if gaps > 1.0 { f64::sqrt(variance * gaps / (gaps - 1.0)) } else { 0.7 * mean };
        put(Feature::DueDeviation, (since - mean) / (deviation + 2.0));
    } else {
        put(Feature::DueDeviation, -NEVER);
    }
    put(Feature::DueLast, if habit.last_gap > 0.0 { since / habit.last_gap } else { -1.0 });
    put(Feature::Interval, interval(habit, rhythm));
    put(Feature::DueBaskets, habit.since * habit.times / since_first);
    put(Feature::DueAll, if rhythm > 0.0 { since / rhythm } else { -1.0 });
    put(Feature::Weekday, (habit.weekday + 1.0 / 7.0) / (slowest + 1.0));
}

fn put_classes(put: &mut impl FnMut(Feature, f64), own: f64, habits: &Habits, kind: u32, category: u32, rhythm: f64, today: i64) {
    let (mut decayed, mut share, mut due, mut since, mut baskets, mut items) = (0.0, 0.0, -1.0, NEVER, 0.0, 0.0);
    if let Some(class) = habits.kind(kind) {
        decayed = class.decayed;
        share = if decayed > 0.0 { own / decayed } else { 0.0 };
        since = days(class.last, today);
        due = class_due(class, rhythm, since);
        baskets = class.baskets / habits.whole.baskets;
        items = class.items;
    }
    put(Feature::KindDecay, decayed);
    put(Feature::KindShare, share);
    put(Feature::KindDue, due);
    put(Feature::KindSince, since);
    put(Feature::KindBaskets, baskets);
    put(Feature::KindItems, items);
    let category = habits.category(category);
    put(Feature::CategoryDecay, category.map_or(0.0, |class| class.decayed));
    put(Feature::CategorySince, category.map_or(NEVER, |class| days(class.last, today)));
}

/// Usual days between purchases; 0 where not known.
fn interval(habit: &Habit, rhythm: f64) -> f64 {
    let prior = if rhythm > 0.0 { PRIOR_GAPS } else { 0.0 };
    let count = habit.times - 1.0 + prior;
    if count > 0.0 { (habit.gaps + prior * rhythm) / count } else { 0.0 }
}

fn due(habit: &Habit, rhythm: f64, today: i64) -> f64 {
    let interval = interval(habit, rhythm);
    if interval > 0.0 { days(habit.last, today) / interval } else { -1.0 }
}

fn class_due(class: &Class, rhythm: f64, since: f64) -> f64 {
    let prior = if rhythm > 0.0 { PRIOR_GAPS } else { 0.0 };
    let count = class.baskets - 1.0 + prior;
    let interval = if count > 0.0 { (days(class.first, class.last) + prior * rhythm) / count } else { 0.0 };
    if interval > 0.0 { since / interval } else { -1.0 }
}

#[allow(clippy::cast_precision_loss)] // days that people live to see are exact in a double
fn days(from: i64, to: i64) -> f64 {
    to.saturating_sub(from) as f64
}

/// As `f32`; 0 for what is no number.
#[allow(clippy::cast_possible_truncation)] // features are compared with thresholds of 8 bits of mantissa
fn narrow(value: f64) -> f32 {
    let value = value as f32;
    if value.is_finite() { value } else { 0.0 }
}
