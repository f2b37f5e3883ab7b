//! Recommendations: equal to a slow oracle, bit for bit, and what holds for every list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic)] // a test may panic

#[path = "recommend/slow.rs"]
mod slow;
#[path = "recommend/world.rs"]
mod world;

use proptest::prelude::*;
use regulars::domain::{Catalog, Column, Item, ItemColumns, StringColumn};
use regulars::recommend::{Knowledge, Recommendation, Request, Scratch, Signals, Strategy as Kind, Touch, Weights, recommend};

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
    let knowledge = Knowledge { weights, ..Knowledge::default() }.prepared(&catalog);
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
