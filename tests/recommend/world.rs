//! Small worlds: catalogs, knowledge, members and requests of every kind.

use proptest::prelude::*;
use regulars::domain::{AttributeColumn, Catalog, Column, DAY, HOUR, Item, ItemColumns, Lists, StringColumn, Terms, Value};
use regulars::recommend::{Knowledge, Neighbours, Search, Signals, Touch, Weights};

/// The instant of requests.
pub const NOW: i64 = 400 * DAY;

/// Everything that a request reads.
#[derive(Debug)]
pub struct World {
    pub catalog: Catalog,
    pub knowledge: Knowledge,
    pub baskets: Vec<(i64, Vec<usize>)>,
    pub touches: Vec<(i64, usize, f64)>,
    pub searches: Vec<(i64, Vec<usize>)>,
    pub excluded: Vec<usize>,
    pub ratings: Vec<(usize, f64)>,
    pub cart: Vec<usize>,
    pub asked: Option<usize>,
    pub keep: Option<usize>,
}

impl World {
    pub fn signals(&self) -> Signals {
        let mut signals = Signals::default();
        for (at, items) in &self.baskets {
            signals.add_basket(*at, items.iter().map(|item| (Item(*item as u32), 1)));
        }
        signals.touches =
            self.touches.iter().map(|(at, item, weight)| Touch { at: *at, item: Item(*item as u32), weight: *weight }).collect();
        let search = |(at, found): &(i64, Vec<usize>)| Search {
            at: *at,
            query: "words".into(),
            found: found.iter().map(|item| Item(*item as u32)).collect(),
        };
        signals.searches = self.searches.iter().map(search).collect();
        self.excluded.iter().for_each(|item| signals.exclude(Item(*item as u32)));
        self.ratings.iter().for_each(|(item, rating)| signals.rate(Item(*item as u32), *rating));
        signals
    }

    pub fn of_term(&self, column: &Column<u32>, item: usize) -> Option<u32> {
        column.get(item).filter(|term| *term != Terms::NONE)
    }

    pub fn number(&self, column: &Column<f32>, item: usize) -> f64 {
        column.get(item).map_or(0.0, f64::from)
    }
}

fn column<T: bytemuck::Pod + std::fmt::Debug>(items: usize, one: impl Strategy<Value = T> + 'static) -> BoxedStrategy<Column<T>> {
    prop_oneof![
        1 => Just(Column::default()),
        4 => proptest::collection::vec(one, items).prop_map(|numbers| Column::owned(&numbers)),
    ]
    .boxed()
}

fn neighbours(items: usize) -> BoxedStrategy<Neighbours> {
    let list = proptest::collection::btree_set(0..items as u32, 0..4.min(items));
    let lists = proptest::collection::vec((list, any::<u8>()), items);
    lists
        .prop_map(|lists| {
            let (mut offsets, mut values, mut steps) = (vec![0], Vec::new(), Vec::new());
            for (item, (list, step)) in (0..).zip(lists) {
                for other in list.into_iter().filter(|other| *other != item) {
                    values.push(other);
                    steps.push(step.saturating_sub(values.len() as u8));
                }
                offsets.push(values.len() as u32);
            }
            Neighbours { lists: Lists { offsets: Column::owned(&offsets), values: Column::owned(&values) }, steps: Column::owned(&steps) }
        })
        .boxed()
}

fn weights() -> BoxedStrategy<Weights> {
    let weight = || prop_oneof![Just(0.0), Just(0.3), 0.0..3.0_f64];
    let share = || prop_oneof![Just(0.0), 0.0..1.0_f64];
    (
        (0.5..1.0_f64, prop_oneof![Just(0.0), 1.0..300.0_f64], weight(), prop_oneof![Just(0.0), 0.0..2.0_f64]),
        (weight(), weight(), weight(), weight(), weight(), weight()),
        (1.0..60.0_f64, weight(), 0.1..100.0_f64, weight(), (share(), share()), share()),
    )
        .prop_map(|(habits, others, rest)| Weights {
            basket_decay: habits.0,
            half_life_days: habits.1,
            popularity: habits.2,
            rhythm: habits.3,
            together: others.0,
            sequence: others.1,
            similar: others.2,
            category: others.3,
            trend: others.4,
            novelty: others.5,
            novelty_half_life_days: rest.0,
            session: rest.1,
            session_half_life_hours: rest.2,
            rating: rest.3,
            diversity: rest.4.0,
            variety: rest.4.1,
            long_tail: rest.5,
        })
        .boxed()
}

fn catalogs(items: usize) -> BoxedStrategy<Catalog> {
    let term = || prop_oneof![1 => Just(Terms::NONE), 6 => 0..5_u32];
    let columns = (column(items, term()), column(items, term()), column(items, term()), column(items, term()));
    let rest =
        (column(items, -1..3_i32), column(items, 0..=NOW + 5 * DAY), column(items, prop_oneof![Just(0_u32), Just(1), Just(u32::MAX)]));
    (columns, rest)
        .prop_map(move |((department, category, kind, brand), (stock, added_at, durable))| Catalog {
            terms: Terms(StringColumn::owned(["a", "b", "c", "d", "e"])),
            items: ItemColumns {
                ids: StringColumn::owned((0..items).map(|item| format!("{item:03}"))),
                titles: vec![("en".into(), StringColumn::owned((0..items).map(|item| ["", "Soda", "Cola"][item % 3])))],
                stock,
                added_at,
                department,
                category,
                kind,
                brand,
                attributes: vec![AttributeColumn {
                    name: "durable".into(),
                    places: durable,
                    values: vec![Value::Bool(true), Value::Bool(false)],
                }],
                ..ItemColumns::default()
            },
        })
        .boxed()
}

/// Small worlds of every kind.
pub fn worlds() -> impl Strategy<Value = World> {
    (1..14_usize).prop_flat_map(|items| {
        let share = || prop_oneof![Just(0.0_f32), Just(0.25), 0.0..1.0_f32];
        let shares = (column(items, share()), column(items, share()), column(items, -1.0..5.0_f32));
        let rhythm = (column(items, prop_oneof![Just(0.0_f32), 1.0..60.0_f32]), column(items, 0.0..3.0_f32));
        let lists = (neighbours(items), neighbours(items), neighbours(items));
        let at = || (NOW - 300 * DAY)..(NOW + 2 * DAY);
        let some = |most: usize| proptest::collection::vec(0..items, 0..most);
        let history = (
            proptest::collection::vec((at(), some(6)), 0..8),
            proptest::collection::vec(((NOW - 50 * HOUR)..(NOW + HOUR), 0..items, 0.0..3.0_f64), 0..5),
            proptest::collection::vec(((NOW - 50 * HOUR)..(NOW + HOUR), some(5)), 0..3),
        );
        let marks = (some(3), proptest::collection::vec((0..items, -1.5..1.5_f64), 0..3), some(3));
        let request = (proptest::option::of(0..items), proptest::option::of(1..4_usize));
        (catalogs(items), (shares, rhythm, lists, weights()), history, marks, request).prop_map(
            |(catalog, (shares, rhythm, lists, weights), (baskets, touches, searches), (excluded, ratings, cart), (asked, keep))| {
                let knowledge = Knowledge {
                    popularity: shares.0,
                    recent: shares.1,
                    trend: shares.2,
                    rhythm_days: rhythm.0,
                    rhythm_spread: rhythm.1,
                    bought_together: lists.0,
                    in_sequence: lists.1,
                    similar: lists.2,
                    weights,
                    ..Knowledge::default()
                };
                assert!(knowledge.is_sound(catalog.len()));
                let knowledge = knowledge.prepared(&catalog);
                World { catalog, knowledge, baskets, touches, searches, excluded, ratings, cart, asked, keep }
            },
        )
    })
}
