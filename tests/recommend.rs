//! Recommendations: equal to a slow oracle, bit for bit, and what holds for every list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)] // a test may panic

#[path = "recommend/slow.rs"]
mod slow;
#[path = "recommend/world.rs"]
mod world;

use proptest::prelude::*;
use regulars::domain::{Catalog, Column, DAY, Item, ItemColumns, Lists, StringColumn, Terms};
use regulars::recommend::{
    Act, Class, FEATURES, Feature, Flyers, Forest, ItemSet, Knowledge, Neighbours, POOL, Recommendation, Request, Ruling, Scratch, Signals,
    Strategy as Kind, Touch, Weights, recommend, rows,
};

use slow::{PART_CODES, Slow};
use world::{NOW, World, worlds};

fn ask(world: &World, signals: &Signals, kind: Kind, limit: usize, seed: Option<u64>, scratch: &mut Scratch) -> Recommendation {
    let cart: Vec<Item> = world.cart.iter().map(|item| Item(*item as u32)).collect();
    let keep = |item: Item| world.keep.is_none_or(|keep| item.index().is_multiple_of(keep));
    let item = world.asked.map(|item| Item(item as u32));
    let request = Request { item, cart: &cart, filter: Some(&keep), seed, ..Request::new(kind, limit, NOW) };
    recommend(&world.catalog, &world.knowledge, signals, &request, scratch)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn equals_the_slow_way(world in worlds(), limit in 0_usize..8) {
        let signals = world.signals();
        let mut scratch = Scratch::default();
        for (name, kind) in Kind::ALL {
            let fast = ask(&world, &signals, kind, limit, None, &mut scratch);
            let slow = Slow::new(&world, kind);
            let expected: Vec<(u32, u64)> = slow.list(limit).iter().map(|(item, score)| (*item as u32, score.to_bits())).collect();
            let found: Vec<(u32, u64)> = fast.items.iter().map(|found| (found.item.0, found.score.to_bits())).collect();
            prop_assert_eq!(found, expected, "{}", name);
            for found in &fast.items {
                let parts = slow.parts(found.item.index());
                let mut heaviest = 0;
                for part in 1..parts.len() {
                    if parts[part] > parts[heaviest] {
                        heaviest = part;
                    }
                }
                let code = &found.reasons[0].code;
                prop_assert!(PART_CODES[heaviest].contains(&&**code), "{} {:?} {:?}", name, code, parts);
            }
            if fast.items.len() < limit {
                prop_assert!(!fast.notes.is_empty());
            }
        }
    }
}

proptest! {
    /// Memory used again leaves nothing behind, also between catalogs of different sizes.
    #[test]
    fn scratch_leaves_no_trace(one in worlds(), other in worlds()) {
        let mut used = Scratch::default();
        for (_, kind) in Kind::ALL {
            for world in [&one, &other] {
                let signals = world.signals();
                let again = ask(world, &signals, kind, 5, None, &mut used);
                prop_assert_eq!(again, ask(world, &signals, kind, 5, None, &mut Scratch::default()));
            }
        }
    }

    /// A seed changes the order of equals and nothing else; the same seed gives the same list.
    #[test]
    fn a_seed_only_breaks_ties(mut world in worlds(), seed in any::<u64>()) {
        world.knowledge.weights.diversity = 0.0;
        world.knowledge.weights.variety = 0.0;
        let signals = world.signals();
        for (_, kind) in Kind::ALL {
            let list = |seed| ask(&world, &signals, kind, 99, seed, &mut Scratch::default());
            let (plain, drawn) = (list(None), list(Some(seed)));
            let scores = |list: &Recommendation| list.items.iter().map(|found| found.score.to_bits()).collect::<Vec<_>>();
            let mut items = [&plain, &drawn].map(|list| list.items.iter().map(|found| found.item).collect::<Vec<_>>());
            prop_assert_eq!(scores(&plain), scores(&drawn));
            prop_assert_eq!(&drawn, &list(Some(seed)));
            items.iter_mut().for_each(|items| items.sort());
            prop_assert_eq!(&items[0], &items[1]);
        }
    }

    /// A shorter list is the beginning of a longer one, where variety does not choose among more.
    #[test]
    fn a_longer_list_begins_with_the_shorter(mut world in worlds()) {
        world.knowledge.weights.diversity = 0.0;
        world.knowledge.weights.variety = 0.0;
        let signals = world.signals();
        for (_, kind) in Kind::ALL {
            let list = |limit| ask(&world, &signals, kind, limit, None, &mut Scratch::default()).items;
            let (short, long) = (list(3), list(7));
            prop_assert_eq!(&short[..], &long[..short.len()]);
        }
    }

    /// Whoever has no history, visits and ratings gets the same lists as everybody else who hasn't.
    #[test]
    fn without_signals_lists_are_neutral_and_never_rank_by_habits(world in worlds()) {
        for (_, kind) in Kind::ALL {
            let list = ask(&world, &Signals::default(), kind, 9, None, &mut Scratch::default());
            let personal = ["bought-often", "bought-before", "due-now", "from-your-category", "viewed", "searched", "rated-well", "kind-rated-well"];
            for reason in list.items.iter().flat_map(|found| &found.reasons) {
                prop_assert!(!personal.contains(&&*reason.code), "{}", reason.code);
            }
        }
    }
}

proptest! {
    /// What the retailer decided holds in every list: hidden items are not in it, no class has more than its cap, pinned items
    /// stand where they should, buried ones behind, and a boost multiplies the score.
    #[test]
    fn lists_keep_to_the_rules(mut world in worlds(), limit in 1_usize..8, residue in 0_usize..3, most in 0_usize..3, place in 1_usize..5) {
        world.knowledge.weights.diversity = 0.0;
        world.knowledge.weights.variety = 0.0;
        world.keep = None;
        let signals = world.signals();
        let catalog = &world.catalog;
        let some = ItemSet::of(catalog, |item| item.index() % 3 == residue);
        let all = ItemSet::of(catalog, |_| true);
        let cart: Vec<Item> = world.cart.iter().map(|item| Item(*item as u32)).collect();
        let item = world.asked.map(|item| Item(item as u32));
        for (name, kind) in Kind::ALL {
            let list = |act, items| {
                let rulings = [Ruling { id: "r", act, items }];
                let request = Request { item, cart: &cart, rulings: &rulings, ..Request::new(kind, limit, NOW) };
                recommend(catalog, &world.knowledge, &signals, &request, &mut Scratch::default()).items
            };
            let plain = list(Act::Boost(1.0), &some);
            prop_assert!(list(Act::Hide, &some).iter().all(|found| found.item.index() % 3 != residue), "{}", name);
            let buried = list(Act::Bury, &some);
            let first = buried.iter().position(|found| found.item.index() % 3 == residue).unwrap_or(buried.len());
            prop_assert!(buried[first..].iter().all(|found| found.item.index() % 3 == residue && found.reasons.last().unwrap().code == "buried"));
            for found in list(Act::Boost(2.0), &some) {
                if let Some(before) = plain.iter().find(|known| known.item == found.item) {
                    let boosted = found.item.index() % 3 == residue;
                    let expected = if boosted { before.score * 2.0 } else { before.score };
                    prop_assert!((found.score - expected).abs() <= 1e-12 * expected.abs(), "{} {} {}", name, found.score, expected);
                    prop_assert_eq!(boosted, found.reasons.iter().any(|reason| reason.code == "boosted"));
                }
            }
            let brand = |item: Item| catalog.items.brand.get(item.index()).filter(|term| *term != Terms::NONE);
            let capped = list(Act::Cap(most, Some(Class::Brand)), &all);
            for found in &capped {
                let same = capped.iter().filter(|other| brand(other.item).is_some() && brand(other.item) == brand(found.item)).count();
                prop_assert!(brand(found.item).is_none() || same <= most, "{}", name);
            }
            let pinned = list(Act::Pin(place), &some);
            prop_assert!(pinned.windows(2).all(|pair| pair[0].score >= pair[1].score));
            let at = pinned.iter().position(|found| found.reasons[0].code == "pinned");
            let barred = |item: Item| cart.contains(&item) || signals.excluded.contains(&item) || !catalog.in_stock(item);
            let can_be = catalog.all().any(|item| item.index() % 3 == residue && !barred(item) && catalog.attribute(item, "durable").is_none());
            if kind != Kind::Content && can_be && place <= limit && !matches!(kind, Kind::Similar | Kind::BoughtTogether) {
                prop_assert_eq!(at, Some((place - 1).min(pinned.len() - 1)), "{}", name);
            }
        }
    }
}

/// A forest with one tree of one turn for each of `turns`: a feature, a threshold, and what its upper side adds in halves.
fn forest(turns: &[(Feature, f32, i8)]) -> Forest {
    let half = |value: f32| ((value.to_bits() >> 16) as u16).to_le_bytes();
    let mut bytes = vec![1, turns.len() as u8];
    for (feature, threshold, _) in turns {
        bytes.extend([*feature as u8, 1]);
        bytes.extend(half(*threshold));
    }
    bytes.extend(0.0_f32.to_le_bytes());
    bytes.extend((turns.len() as u16).to_le_bytes());
    for (place, (_, _, adds)) in turns.iter().enumerate() {
        bytes.extend(half(0.5));
        bytes.extend([place as u8 | 128 | 64, 0, 128, 0, *adds as u8]);
    }
    Forest::read(&bytes, FEATURES).unwrap()
}

proptest! {
    /// What training sees of a member and an item is what the device ranks by: the list is the pool sorted by what the forest
    /// says of the rows that training is given.
    #[test]
    fn lists_follow_the_rows_that_training_sees(mut world in worlds(), limit in 0_usize..9) {
        world.knowledge.weights.diversity = 0.0;
        world.knowledge.weights.variety = 0.0;
        world.knowledge.weights.long_tail = 0.0;
        world.searches.clear();
        world.touches.clear();
        world.ratings.clear();
        world.excluded.clear();
        world.cart.clear();
        world.knowledge.companions = world.knowledge.similar.clone();
        world.knowledge.ranker.next_basket = forest(&[(Feature::Companions, 0.75, 2), (Feature::Decay95, 0.9, 3), (Feature::Popularity, 0.5, -2), (Feature::Gap, 20.0, 1), (Feature::Due, 1.0, 2)]);
        world.knowledge.ranker.discover = forest(&[(Feature::CompanionShare, 0.125, 1), (Feature::Together, 0.25, 5), (Feature::Similar, 0.125, 2), (Feature::Affinity, 1.5, -3)]);
        let signals = world.signals();
        for (kind, forest) in [(Kind::NextBasket, &world.knowledge.ranker.next_basket), (Kind::Discover, &world.knowledge.ranker.discover)] {
            let request = Request::new(kind, limit, NOW);
            let mut scratch = Scratch::default();
            let in_stock = |item: &Item| world.catalog.in_stock(*item);
            let mut expected: Vec<(f64, Item)> = rows(&world.catalog, &world.knowledge, &signals, &request, &mut scratch)
                .into_iter()
                .filter(|(item, _)| in_stock(item))
                .map(|(item, row)| (forest.sum(&row), item))
                .collect();
            expected.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
            let list = recommend(&world.catalog, &world.knowledge, &signals, &request, &mut scratch);
            let found: Vec<Item> = list.items.iter().map(|found| found.item).collect();
            let expected: Vec<Item> = expected.into_iter().map(|(_, item)| item).take(limit).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

/// An item that nobody else would list comes up because members with the same items buy it, and only where a forest asks.
#[test]
fn companions_are_ranked_beside_the_best_by_weights() {
    let count = 300_u32;
    let ids: Vec<String> = (0..count).map(|item| format!("{item:03}")).collect();
    let items = ItemColumns { ids: StringColumn::owned(&ids), ..ItemColumns::default() };
    let catalog = Catalog { items, ..Catalog::default() };
    // All but the last are popular; members who buy the first buy the last, and the second.
    let popularity: Vec<f32> = (0..count).map(|item| if item + 1 < count { 0.5 } else { 0.001 }).collect();
    let offsets: Vec<u32> = (0..=count).map(|place| if place == 0 { 0 } else { 2 }).collect();
    let lists = Lists { offsets: Column::owned(&offsets), values: Column::owned(&[1, count - 1]) };
    let companions = Neighbours { lists, steps: Column::owned(&[231, 255]) };
    let knowledge = Knowledge { popularity: Column::owned(&popularity), companions, ..Knowledge::default() }.prepared(&catalog);
    let mut signals = Signals::default();
    signals.add_basket(0, [(Item(0), 1)]);
    let list = |turns: &[(Feature, f32, i8)]| {
        let mut knowledge = knowledge.clone();
        knowledge.ranker.next_basket = forest(turns);
        recommend(&catalog, &knowledge, &signals, &Request::new(Kind::NextBasket, 3, DAY), &mut Scratch::default()).items
    };
    let asked = list(&[(Feature::CompanionShare, 0.75, 9)]);
    assert_eq!((asked[0].item, &*asked[0].reasons[0].code), (Item(count - 1), "bought-by-alike"));
    let not_asked = list(&[(Feature::Times, 0.5, 1)]);
    assert!(not_asked.iter().all(|found| found.item != Item(count - 1)));
    let request = Request::new(Kind::NextBasket, 3, DAY);
    let seen = rows(&catalog, &knowledge, &signals, &request, &mut Scratch::default());
    assert_eq!(seen.len(), POOL + 1);
    let last = seen.iter().find(|(item, _)| item.0 == count - 1).map(|(_, row)| row[Feature::CompanionShare as usize]);
    assert_eq!(last, Some(1.0));
}

/// Two members of a shop with a flyer, and what the features say of them.
#[test]
fn features_mean_what_they_say() {
    let items = ItemColumns {
        ids: StringColumn::owned(["bread", "milk", "tea"]),
        kind: Column::owned(&[Terms::NONE, 0, 0]),
        ..ItemColumns::default()
    };
    let catalog = Catalog { items, terms: Terms(StringColumn::owned(["drinks"])) };
    let flyers = Flyers {
        from: Column::owned(&[7, 28]),
        until: Column::owned(&[14, 35]),
        lists: Lists { offsets: Column::owned(&[0, 1, 3]), values: Column::owned(&[1, 1, 2]) },
        places: Column::owned(&[1, 9, 1]),
    };
    let knowledge = Knowledge {
        popularity: Column::owned(&[0.4, 0.2, 0.1]),
        rhythm_days: Column::owned(&[0.0, 7.0, 0.0]),
        flyer_lift: Column::owned(&[1.5, 3.0, 2.0]),
        flyers,
        ..Knowledge::default()
    }
    .prepared(&catalog);
    let mut signals = Signals::default();
    for (day, bought) in [(0, &[0, 1][..]), (7, &[1]), (21, &[1, 2])] {
        signals.add_basket(day * DAY + 5, bought.iter().map(|item| (Item(*item), 1)));
    }
    // The second half of a day's shopping belongs to the same basket.
    signals.add_basket(21 * DAY + 9, [(Item(1), 1)]);
    let request = Request::new(Kind::NextBasket, 9, 28 * DAY);
    let rows = rows(&catalog, &knowledge, &signals, &request, &mut Scratch::default());
    let value = |item: u32, feature: Feature| rows.iter().find(|(known, _)| known.0 == item).map(|(_, row)| row[feature as usize]).unwrap();
    let close = |one: f32, other: f64| (f64::from(one) - other).abs() < 1e-5;
    assert!(close(value(1, Feature::Decay80), 1.0 + 0.8 + 0.64) && close(value(0, Feature::Decay90), 0.81));
    assert_eq!([0, 1, 2].map(|item| value(item, Feature::Times)), [1.0, 3.0, 1.0]);
    assert_eq!([0, 1, 2].map(|item| value(item, Feature::SinceDays)), [28.0, 7.0, 7.0]);
    assert_eq!([0, 1, 2].map(|item| value(item, Feature::SinceBaskets)), [2.0, 0.0, 0.0]);
    assert_eq!([0, 1, 2].map(|item| value(item, Feature::Place)), [2.0, 0.0, 1.0]);
    // Gaps of 7 and 14 days, and two of 7 that all members have.
    assert!(close(value(1, Feature::Interval), 35.0 / 4.0) && close(value(1, Feature::Due), 7.0 * 4.0 / 35.0));
    assert_eq!(value(1, Feature::DueLast), 0.5);
    assert_eq!((value(2, Feature::KindSince), value(2, Feature::KindItems), value(0, Feature::KindSince)), (7.0, 2.0, 999.0));
    assert_eq!([0, 1, 2].map(|item| value(item, Feature::Flyer)), [0.0, 9.0, 1.0]);
    assert_eq!([0, 1, 2].map(|item| value(item, Feature::FlyerLift)), [1.0, 3.0, 2.0]);
    assert_eq!([0, 1, 2].map(|item| value(item, Feature::Siblings)), [0.0, 1.0, 1.0]);
    // One purchase of three in the flyer, where one basket of three could have had it.
    assert!(close(value(1, Feature::OnFlyer), 1.0 / 3.0) && close(value(1, Feature::FlyerHabit), 1.0 - 3.0 * 1.0 / 3.0));
    assert_eq!((value(1, Feature::Gap), value(1, Feature::Baskets)), (7.0, 3.0));
    assert!(rows.iter().flat_map(|(_, row)| row).all(|value| value.is_finite()));
}

#[test]
fn an_item_that_says_nothing_changes_no_list() {
    let ids = ["a", "b", "c"];
    let popularity = [0.2_f32, 0.4, 0.3];
    let list = |ids: &[&str], popularity: &[f32]| {
        let items = ItemColumns { ids: StringColumn::owned(ids), ..ItemColumns::default() };
        let catalog = Catalog { items, ..Catalog::default() };
        let knowledge = Knowledge { popularity: Column::owned(popularity), ..Knowledge::default() }.prepared(&catalog);
        let mut signals = Signals::default();
        signals.add_basket(NOW, [(catalog.find("c").unwrap(), 1)]);
        let found = recommend(&catalog, &knowledge, &signals, &Request::new(Kind::ForYou, 9, NOW), &mut Scratch::default());
        found.items.iter().map(|found| (catalog.id(found.item).to_owned(), found.score.to_bits())).collect::<Vec<_>>()
    };
    let alone = list(&ids, &popularity);
    assert_eq!(alone.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["c", "b", "a"]);
    assert_eq!(list(&["a", "aa", "b", "c"], &[0.2, 0.0, 0.4, 0.3]), alone);
}

#[test]
fn wild_numbers_give_a_list_all_the_same() {
    let items = ItemColumns { ids: StringColumn::owned(["a", "b"]), ..ItemColumns::default() };
    let catalog = Catalog { items, ..Catalog::default() };
    let weights = Weights { basket_decay: f64::NAN, session: f64::INFINITY, popularity: -3.0, ..Weights::default() };
    let mut knowledge = Knowledge { weights, ..Knowledge::default() }.prepared(&catalog);
    knowledge.ranker.next_basket = forest(&[(Feature::Due, 1.0, 2), (Feature::Alike, 0.5, 1)]);
    let mut signals = Signals::default();
    for at in [i64::MIN, -1, 0, i64::MAX] {
        signals.add_basket(at, [(Item(0), u32::MAX), (Item(9), 1)]);
    }
    for weight in [f64::NAN, f64::INFINITY, -1.0] {
        signals.touches.push(Touch { at: i64::MIN, item: Item(1), weight });
        signals.rate(Item(1), weight);
    }
    for now in [i64::MIN, 0, i64::MAX] {
        for (_, kind) in Kind::ALL {
            let request =
                Request { item: Some(Item(7)), cart: &[Item(8)], query: Some("\u{0} 牛"), ..Request::new(kind, usize::MAX, now) };
            let list = recommend(&catalog, &knowledge, &signals, &request, &mut Scratch::default());
            assert!(list.items.iter().all(|found| found.score > 0.0));
        }
        let list = recommend(&catalog, &knowledge, &signals, &Request::new(Kind::BuyAgain, 5, now), &mut Scratch::default());
        assert_eq!(list.items.len(), 1);
    }
}
