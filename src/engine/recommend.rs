//! `recommend`: what this member may want now.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::catalog::Surroundings;
use super::{Engine, EngineError, RecommendRequest};
use crate::domain::{AddAll, Catalog, Item, Listed, Reason, Value};
use crate::recommend::{Recommendation, Request, Ruling, Signals, Strategy};
use crate::rules::{AttributeTable, Attributes, Condition, ItemBinding, Layered, ProblemKind, RuleContext};
use crate::snapshot::Snapshot;

/// A list of items, best first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RecommendResult {
    /// The items.
    pub items: Vec<RecommendedItem>,
    /// Whether anything of the member was used.
    pub personalised: bool,
    /// The list that nothing of the member was used for, where the request asks for it beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neutral: Option<Vec<RecommendedItem>>,
    /// What there is to say of the list, at least why it has fewer items than asked.
    ///
    /// Beside the notes of [`recommend`](crate::recommend::recommend):
    ///
    /// | code | facts | means |
    /// |---|---|---|
    /// | `snapshot-expired` | `at` | the catalog's own end has passed: prices and stock may be wrong |
    /// | `unknown-strategy` | `strategy` | the list is empty: this engine has no strategy of that name |
    /// | `unknown-item` | `item` | the list is empty: the catalog does not have the item asked about |
    pub notes: Vec<Reason>,
    /// The id of the snapshot it was made from.
    pub snapshot: String,
}

/// A recommended item.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct RecommendedItem {
    /// Its id.
    pub id: String,
    /// Never rises along the list; comparable within one list only.
    pub score: f64,
    /// What moved the score most, weightiest first.
    pub reasons: Vec<Reason>,
}

impl Engine {
    /// What this member may want now, best first, with reasons. Where the request has no cart, the one that
    /// `add-to-cart` and `remove-from-cart` events left counts. A name that is no strategy gives an empty list with a
    /// note: a page may be newer than the engine.
    ///
    /// Without personalisation, asked for or set, nothing of the member is read: neither history nor events.
    ///
    /// # Errors
    ///
    /// `no-catalog`; `malformed-request` where `where` is no condition.
    pub fn recommend(&mut self, request: &RecommendRequest, clock: i64) -> Result<RecommendResult, EngineError> {
        if request.with_neutral {
            let one = RecommendRequest { with_neutral: false, ..request.clone() };
            let neutral = self.recommend(&RecommendRequest { personalised: Some(false), ..one.clone() }, clock)?.items;
            return Ok(RecommendResult { neutral: Some(neutral), ..self.recommend(&one, clock)? });
        }
        let snapshot = self.snapshot()?;
        let now = self.now(request.now, clock);
        let mut result = RecommendResult { snapshot: snapshot.info.id.clone(), ..RecommendResult::default() };
        if let Some(at) = snapshot.info.expires_at.filter(|at| *at <= now) {
            result.notes.push(Reason::new("snapshot-expired").with("at", at));
        }
        let filter = self.item_filter(&request.filter, &request.context, &snapshot, now)?;
        let weights = self.weights(snapshot.weights, now).changed(&request.weights);
        let strategy = self.strategy(&request.strategy, request.placement.as_deref(), now);
        let strategy = strategy.as_deref().unwrap_or(&request.strategy);
        match asked(request, strategy, &snapshot.catalog) {
            Err(note) => result.notes.push(note),
            Ok((strategy, item)) => {
                let personal = self.is_personalised() && request.personalised != Some(false);
                let catalog = &snapshot.catalog;
                let surroundings = Surroundings { context: Some(&request.context), ..Surroundings::default() };
                let fitting = if personal { self.fitting(&snapshot, now, surroundings) } else { None };
                let suits = |item: Item| {
                    filter.as_ref().is_none_or(|filter| filter.matches(catalog, item))
                        && fitting.as_ref().is_none_or(|fitting| fitting.allows(catalog, item))
                };
                let meets = (filter.is_some() || fitting.is_some()).then_some(&suits as &dyn Fn(Item) -> bool);
                let prefers = |item: Item| fitting.as_ref().map_or(1.0, |fitting| fitting.preference(catalog, item).0);
                let prefers_any = fitting.as_ref().is_some_and(|fitting| fitting.prefers());
                let held = self.rules_that_hold(&snapshot, strategy, request, personal, now);
                let goods = if held.is_empty() { Rc::default() } else { self.recommender.goods(&snapshot) };
                let ruling = |place: &usize| {
                    let rule = snapshot.merchandising.get(*place)?;
                    Some(Ruling { id: &rule.id, act: rule.act, items: goods.get(*place)? })
                };
                let rulings: Vec<Ruling<'_>> = held.iter().filter_map(ruling).listed();
                let none = Signals::default();
                let (signals, cart, scratch) = self.recommender.signals(catalog, &self.visible, &self.device);
                let (signals, cart) = if personal { (signals, cart) } else { (&none, &[][..]) };
                let given: Vec<Item> = request.cart.iter().filter_map(|line| catalog.find(&line.item)).listed();
                let asked = Request {
                    strategy,
                    limit: usize::try_from(request.limit).unwrap_or(usize::MAX),
                    now,
                    item,
                    cart: if request.cart.is_empty() { cart } else { &given },
                    query: request.query.as_deref().filter(|query| !query.trim().is_empty()),
                    filter: meets,
                    preference: prefers_any.then_some(&prefers as &dyn Fn(Item) -> f64),
                    rulings: &rulings,
                    weights: Some(&weights),
                    seed: request.seed,
                };
                let Recommendation { items, notes } = crate::recommend::recommend(catalog, &snapshot.knowledge, signals, &asked, scratch);
                result.personalised = personal && *signals != none;
                result.notes.add_all(notes);
                let recommended = items.into_iter().map(|found| {
                    let mut reasons = fitting.as_ref().map_or_else(Vec::new, |fitting| fitting.preference(catalog, found.item).1);
                    reasons.add_all(found.reasons);
                    RecommendedItem { id: catalog.id(found.item).into(), score: found.score, reasons }
                });
                result.items = recommended.listed();
            }
        }
        let texts = self.texts(now);
        result.notes.add_all(self.pending.take_arms());
        self.put_into_words_of(texts.as_ref(), result.notes.iter_mut().chain(result.items.iter_mut().flat_map(|item| &mut item.reasons)));
        self.count_exposures();
        Ok(result)
    }

    /// The places of the retailer's rules that hold for a list of `strategy`.
    fn rules_that_hold(&self, snapshot: &Snapshot, strategy: Strategy, request: &RecommendRequest, personal: bool, now: i64) -> Vec<usize> {
        let mut held = Vec::new();
        let mut facts = None;
        for (place, rule) in snapshot.merchandising.iter().enumerate() {
            if !rule.is_for(strategy, request.placement.as_deref(), now) || (rule.personal && !personal) {
                continue;
            }
            let met = rule.when.is_empty() || {
                let surroundings = Surroundings { context: Some(&request.context), ..Surroundings::default() };
                rule.when.matches(facts.get_or_insert_with(|| self.attributes(snapshot, now, surroundings)))
            };
            if met {
                held.push(place);
            }
        }
        held
    }

    /// The request's `where`, compiled; `None` where it asks for nothing.
    pub(super) fn item_filter(
        &self,
        filter: &Value,
        context: &Value,
        snapshot: &Snapshot,
        now: i64,
    ) -> Result<Option<ItemFilter>, EngineError> {
        if filter.is_null() {
            return Ok(None);
        }
        let mut table = AttributeTable::default();
        let condition = Condition::compile(filter, &mut table, &RuleContext::new(&*self.regex));
        if let Some(problem) = condition.problems().iter().find(|problem| problem.kind != ProblemKind::RegexMayBacktrack) {
            let path = if problem.path.is_empty() { String::from("where") } else { ["where.", &problem.path].concat() };
            return Err(EngineError::malformed("malformed-request", problem.kind.code(), &path));
        }
        if condition.is_empty() {
            return Ok(None);
        }
        let surroundings = Surroundings { context: Some(context), ..Surroundings::default() };
        let beyond = table.iter().any(|(_, path)| !path.starts_with("item."));
        let facts = if beyond { self.attributes_of(&table, Some(snapshot), now, surroundings) } else { Attributes::default() };
        let binding = ItemBinding::new(&table, &snapshot.catalog);
        Ok(Some(ItemFilter { condition, binding, facts }))
    }
}

/// The strategy and the item asked about, or what there is to say instead of a list.
fn asked(request: &RecommendRequest, strategy: &str, catalog: &Catalog) -> Result<(Strategy, Option<Item>), Reason> {
    let Some(known) = Strategy::named(strategy) else {
        return Err(Reason::new("unknown-strategy").with("strategy", strategy));
    };
    match request.item.as_deref() {
        Some(id) if matches!(known, Strategy::Similar | Strategy::BoughtTogether) => {
            catalog.find(id).map(|item| (known, Some(item))).ok_or_else(|| Reason::new("unknown-item").with("item", id))
        }
        _ => Ok((known, None)),
    }
}

/// A condition that items must meet.
pub(super) struct ItemFilter {
    condition: Condition,
    binding: ItemBinding,
    facts: Attributes<'static>,
}

impl ItemFilter {
    pub(super) fn matches(&self, catalog: &Catalog, item: Item) -> bool {
        self.condition.matches(&Layered::new(&self.binding.item(catalog, item), &self.facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DAY;
    use crate::engine::testing::{shop, value};
    use crate::engine::{CatalogSource, PrivacySettings};
    use crate::rules::NativeRegex;

    /// Milk and bread are bought weekly; butter goes with bread; tea is popular; a kettle lasts; jam is out of stock.
    fn engine() -> Engine {
        let mut engine = shop(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "expiresAt": 8640000000, "currency": {"code": "CNY"}, "locales": ["zh-CN", "en"],
                "items": [
                  {"id": "bread", "price": 300, "category": "bakery", "title": {"zh-CN": "面包", "en": "Bread"}},
                  {"id": "butter", "price": 500, "category": "dairy", "title": "Butter"},
                  {"id": "jam", "price": 500, "category": "sweet", "stock": 0},
                  {"id": "kettle", "price": 9900, "category": "home", "attributes": {"durable": true}},
                  {"id": "milk", "price": 400, "category": "dairy", "title": "Milk"},
                  {"id": "tea", "price": 700, "category": "drinks", "addedAt": 5184000000}],
                "knowledge": {"format": 1, "items": ["bread", "butter", "jam", "milk", "tea"],
                  "popularity": [0.2, 0.1, 0.3, 0.3, 0.4],
                  "boughtTogether": {"offsets": [0, 1, 2, 2, 2, 2], "items": [1, 0], "scores": [0.5, 0.5]}},
                "texts": {"en": {"goes-with": "Goes with {item|name:item}"}}}"#,
        );
        let basket = |day: i64, items: &str| alloc::format!(r#"{{"id": "{day}", "at": {}, "lines": [{items}]}}"#, day * DAY);
        let member = alloc::format!(
            r#"{{"id": "m", "history": [{}, {}, {}]}}"#,
            basket(40, r#"{"item": "milk"}, {"item": "kettle"}, {"item": "gone"}"#),
            basket(47, r#"{"item": "milk"}, {"item": "bread"}, {"item": "jam"}"#),
            basket(54, r#"{"item": "milk"}, {"item": "bread"}, {"item": "butter", "quantity": 0}"#),
        );
        engine.load_member(&value(&member), 0).unwrap();
        engine
    }

    fn recommend(engine: &mut Engine, request: &str) -> RecommendResult {
        let request: RecommendRequest = crate::domain::from_value(&value(request)).unwrap();
        engine.recommend(&request, 61 * DAY).unwrap()
    }

    fn ids(result: &RecommendResult) -> Vec<&str> {
        result.items.iter().map(|item| item.id.as_str()).collect()
    }

    fn codes(result: &RecommendResult) -> Vec<&str> {
        result.notes.iter().map(|note| &*note.code).collect()
    }

    #[test]
    fn content_is_in_its_own_list_only_and_follows_what_is_bought() {
        let mut engine = shop(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "items": [
                  {"id": "bake", "price": 0, "category": "bakery", "attributes": {"content": true}},
                  {"id": "brew", "price": 0, "category": "drinks", "addedAt": 5184000000, "attributes": {"content": true}},
                  {"id": "bread", "price": 300, "category": "bakery"}, {"id": "tea", "price": 700, "category": "drinks"}],
                "knowledge": {"format": 1, "items": ["bake", "bread", "tea"], "popularity": [0.9, 0.2, 0.4]}}"#,
        );
        engine.load_member(&value(r#"{"id": "m", "history": [{"id": "o", "at": 86400000, "lines": [{"item": "bread"}]}]}"#), 0).unwrap();
        let told = |result: &RecommendResult| result.items.iter().map(|item| item.reasons[0].code.to_string()).collect::<Vec<_>>();
        let content = recommend(&mut engine, r#"{"strategy": "content", "limit": 5}"#);
        assert_eq!((ids(&content), told(&content)), (alloc::vec!["bake", "brew"], alloc::vec!["from-your-category".into(), "new".into()]));
        assert!(!ids(&recommend(&mut engine, r#"{"strategy": "for-you", "limit": 5}"#)).contains(&"bake"));
        let neutral = recommend(&mut engine, r#"{"strategy": "content", "limit": 5, "personalised": false}"#);
        assert_eq!((ids(&neutral), told(&neutral)), (alloc::vec!["brew", "bake"], alloc::vec!["new".into(), "popular".into()]));
    }

    #[test]
    fn what_cannot_be_answered_is_said_in_notes() {
        let mut engine = engine();
        assert_eq!(codes(&recommend(&mut engine, r#"{"strategy": "magic", "limit": 5}"#)), ["unknown-strategy"]);
        assert_eq!(codes(&recommend(&mut engine, r#"{"strategy": "content", "limit": 5}"#)), ["few-candidates"]);
        assert_eq!(codes(&recommend(&mut engine, r#"{"strategy": "similar", "limit": 5, "item": "gone"}"#)), ["unknown-item"]);
        let late = recommend(&mut engine, r#"{"strategy": "for-you", "limit": 1, "now": 8640000000}"#);
        assert_eq!((codes(&late), late.items.len()), (alloc::vec!["snapshot-expired"], 1));
        assert_eq!(Engine::new(1, Rc::new(NativeRegex)).recommend(&RecommendRequest::default(), 0).unwrap_err().code, "no-catalog");
    }

    /// The engine above, with rules of the retailer.
    fn with_rules(rules: &str) -> (Engine, Vec<Reason>) {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let item = |id: &str, brand: &str| alloc::format!(r#"{{"id": "{id}", "price": 300, "brand": "{brand}", "stock": 9}}"#);
        let items = [item("bread", "own"), item("jam", "own"), item("milk", "farm"), item("tea", "farm")].join(",");
        let catalog = alloc::format!(
            r#"{{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {{"code": "CNY"}}, "items": [{items}],
                "knowledge": {{"format": 1, "items": ["bread", "jam", "milk", "tea"], "popularity": [0.4, 0.3, 0.2, 0.1]}},
                "programme": {{"id": "club", "tiers": [{{"id": "member"}}], "merchandising": {rules}}}}}"#
        );
        let warnings = engine.load_catalog(CatalogSource::Json(&value(&catalog)), &[], 0).unwrap().warnings;
        engine.load_member(&value(r#"{"id": "m", "attributes": {"diet": "vegan"}}"#), 0).unwrap();
        (engine, warnings)
    }

    #[test]
    fn rules_that_make_no_sense_are_left_out() {
        let (_, warnings) = with_rules(
            r#"[{"id": "a", "act": "boost"}, {"id": "b", "act": "pin", "place": 0}, {"id": "c", "act": "cap"}, {"act": "bury"},
                {"id": "d", "act": "hide", "strategies": ["magic"]}]"#,
        );
        let paths: Vec<_> = warnings.iter().filter_map(|warning| warning.fact("path").cloned()).collect();
        let expected = ["[3].id", "[0].factor", "[1].place", "[2].most", "[4].strategies[0]"];
        assert_eq!(paths, expected.map(|path| crate::domain::Fact::from(alloc::format!("merchandising{path}").as_str())));
    }

    #[test]
    fn the_retailers_rules_bend_lists_where_and_when_they_hold() {
        let (mut engine, _) = with_rules(
            r#"[{"id": "own", "act": "boost", "factor": 8, "where": {"item.brand": "farm"}, "placements": ["home"]},
                {"id": "top", "act": "pin", "place": 2, "where": {"item.id": "tea"}, "window": {"from": 10, "until": 20}},
                {"id": "vegan", "act": "hide", "where": {"item.id": "milk"}, "when": {"member.diet": "vegan"}},
                {"id": "few", "act": "cap", "most": 1, "per": "brand", "strategies": ["trending", "discover"]}]"#,
        );
        let list = |engine: &mut Engine, request: &str| {
            let result = recommend(engine, request);
            (result.items.iter().map(|item| item.id.clone()).collect::<Vec<_>>().join(" "), result)
        };
        assert_eq!(list(&mut engine, r#"{"strategy": "for-you", "limit": 4}"#).0, "bread jam tea");
        let (ids, home) = list(&mut engine, r#"{"strategy": "for-you", "limit": 4, "placement": "home"}"#);
        assert_eq!((ids.as_str(), &*home.items[0].reasons[1].code), ("tea bread jam", "boosted"));
        let (ids, pinned) = list(&mut engine, r#"{"strategy": "for-you", "limit": 4, "now": 10}"#);
        assert_eq!((ids.as_str(), &*pinned.items[1].reasons[0].code), ("bread tea jam", "pinned"));
        assert!(codes(&pinned).contains(&"hidden"));
        assert_eq!(list(&mut engine, r#"{"strategy": "for-you", "limit": 4, "now": 20}"#).0, "bread jam tea");
        // A rule that asks for the member does not hold in a neutral list.
        assert_eq!(list(&mut engine, r#"{"strategy": "for-you", "limit": 4, "personalised": false}"#).0, "bread jam milk tea");
        let (ids, capped) = list(&mut engine, r#"{"strategy": "discover", "limit": 4}"#);
        assert_eq!((ids.as_str(), codes(&capped).contains(&"capped")), ("bread tea", true));
    }

    #[test]
    fn weights_of_the_request_go_before_those_of_the_snapshot() {
        let (mut engine, _) = with_rules("[]");
        let long_tail = recommend(&mut engine, r#"{"strategy": "for-you", "limit": 4, "weights": {"longTail": 1}}"#);
        assert_eq!(ids(&long_tail), ["milk", "tea", "jam", "bread"]);
        let nonsense = recommend(&mut engine, r#"{"strategy": "for-you", "limit": 4, "weights": {"longTail": "much"}}"#);
        assert_eq!(ids(&nonsense), ["bread", "jam", "milk", "tea"]);
    }

    #[test]
    fn a_visit_leads_on_at_once_and_with_its_reason() {
        let mut engine = engine();
        assert_eq!(codes(&recommend(&mut engine, r#"{"strategy": "session", "limit": 3}"#)), ["no-visit", "few-candidates"]);
        let view = alloc::format!(r#"{{"type": "view", "item": "bread", "at": {}}}"#, 61 * DAY);
        engine.track(value(&view), 61 * DAY).unwrap();
        let list = recommend(&mut engine, r#"{"strategy": "session", "limit": 3}"#);
        assert_eq!((ids(&list), &*list.items[0].reasons[0].code), (alloc::vec!["butter"], "goes-with"));
        assert_eq!(list.items[0].reasons[0].fact("item"), Some(&"bread".into()));
        let neutral = recommend(&mut engine, r#"{"strategy": "session", "limit": 3, "personalised": false}"#);
        assert!(neutral.items.is_empty());
    }

    #[test]
    fn a_where_that_is_no_condition_is_misuse() {
        let request: RecommendRequest =
            crate::domain::from_value(&value(r#"{"strategy": "for-you", "limit": 5, "where": {"item.price": {"$above": 3}}}"#)).unwrap();
        let error = engine().recommend(&request, 0).unwrap_err();
        assert_eq!((error.code, error.path.as_deref()), ("malformed-request", Some("where.item.price.$above")));
    }

    #[test]
    fn buy_again_leaves_out_what_lasts_and_what_is_gone() {
        let mut engine = engine();
        let result = recommend(&mut engine, r#"{"strategy": "buy-again", "limit": 5}"#);
        assert_eq!(ids(&result), ["milk", "bread"]);
        assert_eq!(codes(&result), ["durable", "out-of-stock", "few-candidates"]);
        assert_eq!(result.items[0].reasons[0].code, "bought-often");
        assert_eq!(result.items[0].reasons[0].integer("times"), Some(3));
        assert!(result.personalised);
    }

    #[test]
    fn discover_never_shows_what_was_bought() {
        let mut engine = engine();
        let result = recommend(&mut engine, r#"{"strategy": "discover", "limit": 5, "where": {"item.price": {"$lt": 800}}}"#);
        assert_eq!(ids(&result), ["butter", "tea"]);
        assert_eq!(result.items[0].reasons[0].code, "goes-with");
    }

    #[test]
    fn a_cart_is_followed_and_reasons_get_their_words() {
        let mut engine = engine();
        engine.set_locale(Some("en"));
        let request = r#"{"strategy": "bought-together", "limit": 5, "cart": [{"item": "bread", "quantity": 1}]}"#;
        let result = recommend(&mut engine, request);
        assert_eq!(ids(&result), ["butter"]);
        assert_eq!(result.items[0].reasons[0].text.as_deref(), Some("Goes with Bread"));
        assert_eq!(codes(&recommend(&mut engine, r#"{"strategy": "bought-together", "limit": 5}"#))[0], "no-anchor");
        engine.track(value(r#"{"type": "add-to-cart", "item": "bread"}"#), 61 * DAY).unwrap();
        assert_eq!(ids(&recommend(&mut engine, r#"{"strategy": "bought-together", "limit": 5}"#)), ["butter"]);
    }

    #[test]
    fn what_happens_here_changes_the_next_list() {
        let mut engine = engine();
        let first = |engine: &mut Engine| ids(&recommend(engine, r#"{"strategy": "for-you", "limit": 1}"#))[0].to_owned();
        assert_eq!(first(&mut engine), "milk");
        engine.track(value(r#"{"type": "dismiss", "item": "milk"}"#), 61 * DAY).unwrap();
        assert_eq!(first(&mut engine), "bread");
        for _ in 0..3 {
            engine.track(value(r#"{"type": "view", "item": "tea"}"#), 61 * DAY).unwrap();
        }
        assert_eq!(first(&mut engine), "tea");
    }

    #[test]
    fn without_personalisation_nothing_of_the_member_shows() {
        let mut engine = engine();
        engine.track(value(r#"{"type": "view", "item": "bread"}"#), 61 * DAY).unwrap();
        let neutral = recommend(&mut engine, r#"{"strategy": "for-you", "limit": 9, "personalised": false}"#);
        engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        assert_eq!(recommend(&mut engine, r#"{"strategy": "for-you", "limit": 9}"#), neutral);
        assert_eq!(ids(&neutral)[0], "tea");
        assert!(!neutral.personalised && codes(&neutral).contains(&"no-history"));
    }
}
