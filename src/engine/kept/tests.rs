//! What is kept against an engine that keeps nothing: the same answers, whatever happens in between.

use alloc::format;
use alloc::string::{String, ToString};

use proptest::prelude::*;

use super::*;
use crate::domain::{DAY, HOUR, from_value};
use crate::engine::testing::{shop, value};
use crate::engine::{CatalogSource, to_json};

/// Programmes that ask of time in every way: tiers, their policy, wallets, earning.
const PROGRAMMES: &[[&str; 4]] = &[
    [
        r#""criteria": {"metric": "spend", "atLeast": 500}"#,
        r#""criteria": {"metric": "spend", "atLeast": 900}, "keep": {"any": [{"metric": "spend", "atLeast": 700}, {"metric": "orders", "atLeast": 4}]}"#,
        r#"{"period": {"kind": "rolling", "months": 2}, "downgrade": "one-step", "grace": {"days": 10}, "roundUp": "month-end"}"#,
        r#""expiry": {"kind": "rolling", "months": 2, "roundUp": "month-end"}"#,
    ],
    [
        r#""criteria": {"metric": "orders", "atLeast": 2}"#,
        r#""criteria": {"metric": "points", "atLeast": 60}, "neverLost": true"#,
        r#"{"period": {"kind": "calendar-month"}, "upgrade": "next-period"}"#,
        r#""expiry": {"kind": "sliding", "days": 20, "actions": ["check-in", "purchase"]}, "negative": true"#,
    ],
    [
        r#""criteria": {"metric": "balance", "atLeast": 40}"#,
        r#""criteria": {"all": [{"metric": "member-days", "atLeast": 35}, {"metric": "engagement", "atLeast": 2}]}"#,
        r#"{"period": {"kind": "rolling", "days": 25}, "validity": {"kind": "while-met"}}"#,
        r#""expiry": {"kind": "fixed", "dates": ["01-31", "03-15"]}"#,
    ],
    [
        r#""criteria": {"metric": "purchase-days", "atLeast": 2}"#,
        r#""access": "paid", "lasts": {"days": 12}"#,
        r#"{"period": {"kind": "tier-anniversary", "months": 1}, "validity": {"kind": "span", "days": 17}, "grace": {"days": 3}}"#,
        r#""expiry": {"kind": "rolling", "days": 9}, "expiryByTier": [{"tiers": ["one"], "expiry": {"kind": "rolling", "days": 40}}]"#,
    ],
    [
        r#""criteria": {"metric": "spend", "atLeast": 300}, "when": {"context.open": {"$ne": true}}"#,
        r#""criteria": {"metric": "orders", "atLeast": 3}, "when": {"now.hour": {"$gt": 11}}"#,
        r#"{"period": {"kind": "anniversary", "months": 1}, "grace": {"hours": 30}}"#,
        r#""expiry": {"kind": "none"}"#,
    ],
    [
        r#""criteria": {"metric": "spend", "atLeast": 300}, "keep": {"metric": "balance", "atLeast": 20}"#,
        r#""criteria": {"metric": "referrals", "atLeast": 1}"#,
        r#"{"period": {"kind": "lifetime"}, "downgrade": "re-evaluate", "validity": {"kind": "while-met"}}"#,
        r#""expiry": {"kind": "rolling", "days": 15}"#,
    ],
    [
        r#""criteria": {"metric": "spend", "atLeast": 800}"#,
        r#""criteria": {"metric": "orders", "atLeast": 5}"#,
        r#"{"period": {"kind": "rolling", "days": 25}, "validity": {"kind": "span", "days": 30}}"#,
        r#""expiry": {"kind": "rolling", "days": 20, "roundUp": "exact"}"#,
    ],
];

fn catalog(programme: usize, price: i64) -> String {
    let [one, two, policy, wallet] = PROGRAMMES[programme % PROGRAMMES.len()];
    format!(
        r#"{{"format": 1, "id": "c", "version": {price}, "issuedAt": 0, "currency": {{"code": "USD"}},
            "zone": {{"name": "X", "offsets": [[0, -18000], [4000000000, -14400], [6000000000, -18000]]}},
            "items": [{{"id": "a", "price": {price}}}],
            "segments": [{{"id": "spender", "condition": {{"member.spent": {{"$gt": 900}}, "member.orders": {{"$gt": 4}}, "member.daysSinceOrder": {{"$lt": 30}}}}}}],
            "texts": {{"en": {{"points-expire": "{{amount}} end on {{at|moment}}", "missing-spend": "spend {{missing|money}}", "tier-base": "base"}}, "zh": {{"points-expire": "{{at|date}}"}}}},
            "programme": {{"id": "club", "tiers": [{{"id": "base"}}, {{"id": "one", {one}}}, {{"id": "two", {two}}}], "tierPolicy": {policy},
                "points": {{"wallets": [{{"id": "points", {wallet}}}, {{"id": "miles"}}],
                    "earning": [{{"id": "base", "on": "purchase", "points": 1, "per": 10, "pending": {{"event": "delivered"}}}}, {{"id": "in", "on": "check-in", "points": 2}}],
                    "reinstatementDays": 10, "warningDays": 12}},
                "benefits": [{{"id": "wash", "quota": {{"count": 2, "per": "week"}}}}, {{"id": "noon", "when": {{"now.hour": {{"$lt": 12}}}}}}],
                "days": [{{"id": "cake", "birthday": true}}, {{"id": "monthly", "dayOfMonth": 8}}]}}}}"#
    )
}

/// A member of whom `seed` says what they did within some months of 1970.
fn member(seed: u64) -> String {
    let mut state = seed;
    let mut draw = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut instant = || draw(60) as i64 * DAY + draw(4) as i64 * (DAY / 4) + draw(3) as i64;
    let times: Vec<i64> = (0..40).map(|_| instant()).collect();
    let draw = move |below: u64, salt: u64| (seed.rotate_left(7).wrapping_mul(salt | 1) >> 21) % below;
    let mut parts = alloc::vec![
        format!(r#""id": "m{}""#, draw(2, 3)),
        format!(r#""joinedAt": {}"#, times[0] / 3),
        r#""birthday": "02-14""#.to_string(),
    ];
    let list = |range: core::ops::Range<usize>, make: &mut dyn FnMut(usize, i64) -> String| {
        range.map(|place| make(place, times[place])).collect::<Vec<_>>().join(", ")
    };
    let paid = |place: usize| if place.is_multiple_of(3) { String::new() } else { format!(r#", "paid": {}"#, place * 70) };
    parts.push(format!(
        r#""history": [{}]"#,
        list(0..8, &mut |place, at| format!(
            r#"{{"id": "o{place}", "at": {at}, "lines": [{{"item": "a", "quantity": 1{}}}]}}"#,
            paid(place)
        ))
    ));
    let kinds = ["earn", "earn", "spend", "refund", "revoke", "adjust"];
    parts.push(format!(
        r#""ledger": [{}]"#,
        list(8..24, &mut |place, at| {
            let kind = kinds[draw(6, place as u64) as usize];
            let rule = if place.is_multiple_of(4) { r#", "rule": "base""# } else { "" };
            let pending = if place.is_multiple_of(5) { format!(r#", "availableAt": {}"#, at + 3 * DAY) } else { String::new() };
            format!(
                r#"{{"id": "l{place}", "at": {at}, "kind": "{kind}", "amount": {}, "source": "o{}"{rule}{pending}}}"#,
                place * 3,
                place % 8
            )
        })
    ));
    let actions = ["check-in", "delivered", "benefit-used", "referral", "review"];
    parts.push(format!(
        r#""activities": [{}]"#,
        list(24..32, &mut |place, at| format!(
            r#"{{"id": "a{place}", "at": {at}, "kind": "{}", "subject": "{}"}}"#,
            actions[place % 5],
            if place % 5 == 2 { "wash".to_string() } else { format!("o{}", place % 8) }
        ))
    ));
    match draw(4, 11) {
        0 => parts.push(format!(r#""points": [{{"amount": 30}}, {{"amount": 12, "expiresAt": {}}}]"#, times[33])),
        1 => parts.push(format!(r#""points": [{{"amount": 30, "expiresAt": {}}}], "pointsAt": {}"#, times[33], times[34])),
        _ => {}
    }
    match draw(4, 13) {
        0 => parts.push(format!(r#""tier": {{"id": "one", "since": {}}}"#, times[35])),
        1 => parts.push(format!(r#""tier": {{"id": "two", "since": {}, "until": {}}}"#, times[35], times[36])),
        2 => parts.push(format!(
            r#""grants": [{{"id": "two", "since": {}}}, {{"id": "one", "since": {}, "until": {}}}]"#,
            times[36], times[37], times[38]
        )),
        _ => {}
    }
    format!("{{{}}}", parts.join(", "))
}

#[derive(Clone, Debug)]
enum Act {
    /// A member is loaded.
    Load(u64),
    /// Another catalog is taken.
    Catalog(usize),
    /// Something is tracked.
    Track(u8),
    /// Personalisation is switched.
    Privacy(bool),
    Locale(u8),
    /// A saved state is restored, learnt or adopted.
    State(u8),
    /// Nobody is there any more.
    Forget,
    /// The clock goes this far, perhaps back.
    Clock(i64),
    /// A quote is asked for, so that another answer than the membership fills what is kept.
    Quote(bool),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        2 => any::<u64>().prop_map(Act::Load),
        1 => (0_usize..PROGRAMMES.len()).prop_map(Act::Catalog),
        4 => (0_u8..7).prop_map(Act::Track),
        1 => any::<bool>().prop_map(Act::Privacy),
        1 => (0_u8..3).prop_map(Act::Locale),
        1 => (0_u8..3).prop_map(Act::State),
        1 => Just(Act::Forget),
        12 => prop_oneof![-3_i64..4, (-6_i64..30).prop_map(|hours| hours * DAY / 8), (-40_i64..40).prop_map(|days| days * DAY)].prop_map(Act::Clock),
        2 => any::<bool>().prop_map(Act::Quote),
    ];
    prop::collection::vec(act, 1..40)
}

/// Two engines to which the same happens.
struct Twins {
    keeps: Engine,
    forgets: Engine,
    now: i64,
    version: i64,
    loaded: bool,
}

impl Twins {
    fn both(&mut self, mut act: impl FnMut(&mut Engine)) {
        act(&mut self.keeps);
        act(&mut self.forgets);
        self.forgets.kept = Kept::default();
    }

    fn act(&mut self, act: &Act, seed: u64) {
        let now = self.now;
        match act {
            Act::Load(seed) => {
                self.loaded = true;
                self.both(|engine| drop(engine.load_member(&value(&member(*seed)), now)));
            }
            Act::Catalog(programme) => {
                self.version += 1;
                let catalog = value(&catalog(*programme, self.version));
                self.both(|engine| drop(engine.load_catalog(CatalogSource::Json(&catalog), &[], 0).unwrap()));
            }
            Act::Track(kind) => {
                let event = match kind {
                    0 => format!(
                        r#"{{"type": "purchase", "at": {now}, "order": "t{now}", "lines": [{{"item": "a", "quantity": 2, "paid": 350}}]}}"#
                    ),
                    1 => format!(r#"{{"type": "check-in", "at": {now}, "id": "t{now}"}}"#),
                    2 => format!(r#"{{"type": "benefit-used", "at": {now}, "benefit": "wash", "subject": "wash", "id": "t{now}"}}"#),
                    3 => format!(r#"{{"type": "return", "at": {now}, "order": "o1", "lines": [{{"item": "a", "quantity": 1}}]}}"#),
                    4 => format!(r#"{{"type": "search", "at": {now}, "query": "a"}}"#),
                    5 => format!(r#"{{"type": "add-to-cart", "at": {now}, "item": "a"}}"#),
                    _ => format!(r#"{{"type": "view", "at": {now}, "item": "a"}}"#),
                };
                self.both(|engine| drop(engine.track(value(&event), now)));
            }
            Act::Privacy(personalised) => {
                let settings = crate::engine::PrivacySettings { personalised: Some(*personalised), ..Default::default() };
                self.both(|engine| engine.set_privacy(&settings).unwrap());
            }
            Act::Locale(which) => self.both(|engine| engine.set_locale([None, Some("en"), Some("zh")][usize::from(*which)])),
            Act::State(how) => {
                let mut other = shop(&catalog(0, 1));
                drop(other.load_member(&value(&member(seed)), now));
                let event = format!(
                    r#"{{"type": "purchase", "at": {now}, "order": "s{now}", "lines": [{{"item": "a", "quantity": 1, "paid": 410}}]}}"#
                );
                other.track(value(&event), now).unwrap();
                let state = other.save_state();
                self.both(|engine| match how {
                    0 => engine.restore_state(&state).unwrap(),
                    1 => engine.learn_state(&state).unwrap(),
                    _ => engine.adopt_state(&state).unwrap(),
                });
            }
            Act::Forget => {
                self.loaded = false;
                self.both(Engine::forget_member);
            }
            Act::Clock(by) => self.now += by,
            Act::Quote(max) => {
                let points = if *max { r#""max""# } else { "0" };
                let request = format!(r#"{{"lines": [{{"item": "a", "quantity": 3}}], "points": {points}}}"#);
                let quote = |engine: &mut Engine| to_json(&engine.quote(&from_value(&value(&request)).unwrap(), now).unwrap());
                self.forgets.kept = Kept::default();
                assert_eq!(quote(&mut self.keeps), quote(&mut self.forgets), "a quote at {now}");
            }
        }
    }

    fn compare(&mut self, horizon: u32, open: bool) {
        if !self.loaded {
            return;
        }
        let request = value(&format!(r#"{{"horizonDays": {horizon}, "context": {{"open": {open}}}}}"#));
        self.forgets.kept = Kept::default();
        let now = self.now;
        let ask = |engine: &Engine| to_json(&engine.membership(&from_value(&request).unwrap(), now).unwrap());
        assert_eq!(ask(&self.keeps), ask(&self.forgets), "at {now}, horizon {horizon}, open {open}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_is_kept_changes_no_answer(programme in 0_usize..PROGRAMMES.len(), first: u64, began in 50_i64..90, acts in acts()) {
        let catalog = catalog(programme, 1);
        let mut twins = Twins { keeps: shop(&catalog), forgets: shop(&catalog), now: began * DAY + 5, version: 1, loaded: false };
        twins.act(&Act::Load(first), first);
        for (place, act) in acts.iter().enumerate() {
            twins.act(act, first);
            twins.compare([90, 0, 10][place % 7 / 3], place % 5 == 4);
            // Through the day, in which most of it holds.
            for _ in 0..4 {
                twins.compare(90, false);
                twins.now += 3 * HOUR;
            }
        }
    }
}

#[test]
fn programmes_are_taken_as_they_are_written() {
    for programme in 0..PROGRAMMES.len() {
        let engine = shop(&catalog(programme, 1));
        let info = engine.catalog_info().unwrap();
        assert!(info.warnings.iter().all(|warning| warning.code == "signature-not-checked"), "{programme}: {:?}", info.warnings);
        assert_eq!(engine.snapshot().unwrap().programme().ladder.tiers.len(), 3, "{programme}");
    }
}

#[test]
fn a_later_call_finds_what_an_earlier_one_left() {
    let mut engine = shop(&catalog(0, 1));
    engine.load_member(&value(&member(1)), 0).unwrap();
    let ask = |engine: &Engine, now: i64| drop(engine.membership(&from_value(&value("{}")).unwrap(), now).unwrap());
    let stood = |engine: &Engine| engine.kept.stood.borrow().as_ref().map(|(_, stood)| Rc::as_ptr(stood));
    let noon = 100 * DAY + DAY / 2;
    ask(&engine, noon);
    let first = stood(&engine);
    ask(&engine, noon + 1_000);
    assert_eq!(stood(&engine), first, "nothing happens in this second");
    ask(&engine, noon + 2 * DAY);
    assert_ne!(stood(&engine), first, "a day is new");
    let second = stood(&engine);
    for event in [r#"{"type": "search", "query": "a"}"#, r#"{"type": "add-to-cart", "item": "a"}"#] {
        engine.track(value(event), noon).unwrap();
        ask(&engine, noon + 2 * DAY);
        assert_eq!(stood(&engine), second, "{event} changes no fact of the member");
    }
    engine.track(value(r#"{"type": "view", "item": "a"}"#), noon).unwrap();
    assert!(engine.kept.stood.borrow().is_none() && engine.kept.order.borrow().is_none());
    assert!(engine.kept.phrases.0.take().is_empty());
}

#[test]
fn texts_are_written_once_and_no_more_than_so_many_are_kept() {
    let phrases = Phrases::default();
    let written = Cell::new(0);
    let texts = |numbers: &[i64]| {
        let mut reasons: Vec<Reason> = numbers.iter().map(|number| Reason::new("x").with("n", *number)).collect();
        phrases.put(reasons.iter_mut().collect(), &|reason| {
            written.set(written.get() + 1);
            reason.integer("n").map(|number| number.to_string())
        });
        assert!(reasons.iter().zip(numbers).all(|(reason, number)| reason.text == Some(number.to_string())));
    };
    [[1, 2, 3], [1, 2, 3], [2, 3, 4], [1, 3, 4]].iter().for_each(|numbers| texts(numbers));
    assert_eq!(written.get(), 4, "what was left out once is not forgotten");
    texts(&[3, 1]);
    assert_eq!(written.get(), 5, "what comes in another order is written again");
    texts(&(0..1_000).collect::<Vec<_>>());
    let kept = phrases.0.take().len();
    assert!(kept > 0 && kept <= MOST);
}
