//! `stores`: which stores are near, open, and have what is wanted.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::words::LocalWords;
use super::{Engine, EngineError, StoresRequest};
use crate::domain::{AddAll, Arrange, Reason, Words, whole_text};
use crate::offers::{Place, Timing};

/// Stores, the nearest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct Stores {
    /// The nearest first where the request says where the shopper is; else in the catalog's order. What has no place comes
    /// last.
    pub stores: Vec<StoreNearby>,
    /// What there is to say of the answer.
    ///
    /// | code | facts | means |
    /// |---|---|---|
    /// | `no-stores` | | the catalog has none |
    /// | `no-position` | | the request does not say where the shopper is |
    /// | `position-not-on-earth` | | its degrees are no place |
    pub notes: Vec<Reason>,
}

/// A store, as seen from where the shopper is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct StoreNearby {
    /// Its id.
    pub id: String,
    /// What people call it, in the engine's locale or the nearest there is.
    pub title: Option<String>,
    /// Metres as the crow flies; `null` where one of the places is not known.
    pub distance: Option<i64>,
    /// Whether it is open now.
    pub open: bool,
    /// When it next opens or closes; `null` where that is not known, or it never does.
    pub changes_at: Option<i64>,
    /// Of the items asked for the fewest pieces at hand; `null` where none are asked for, or the store does not say.
    pub stock: Option<u32>,
    /// How far it is, until when it is open, what it has.
    ///
    /// | code | facts | means |
    /// |---|---|---|
    /// | `distance-metres` | `metres` | less than a kilometre, to ten metres |
    /// | `distance-kilometres` | `kilometres` | farther, as a text: `2.4`, `11` |
    /// | `store-open`, `store-closed` | `until`, `at` | when that changes, where it does |
    /// | `in-stock` | `pieces` | the fewest of what was asked for |
    /// | `not-in-stock` | `item` | the first that is not there |
    pub reasons: Vec<Reason>,
}

impl Engine {
    /// Which stores are near, open, and have what is wanted. Where the shopper is comes with the request, is used for this
    /// answer, and is kept nowhere: no state, event or export holds it. Without it the catalog's order stands.
    ///
    /// # Errors
    /// `no-catalog`.
    pub fn stores(&self, request: &StoresRequest, clock: i64) -> Result<Stores, EngineError> {
        let snapshot = self.snapshot()?;
        let now = self.now(request.now, clock);
        let mut answer = Stores::default();
        let mut note = |code: &'static str| answer.notes.push(Reason::new(code));
        if snapshot.stores().is_empty() {
            note("no-stores");
        }
        let here = request.position.as_ref().and_then(|position| Place::new(position.latitude, position.longitude));
        match (&request.position, here) {
            (None, _) => note("no-position"),
            (Some(_), None) => note("position-not-on-earth"),
            _ => {}
        }
        let locale = self.locale.as_deref().or_else(|| snapshot.info.locales.first().map(String::as_str)).unwrap_or_default();
        let words = LocalWords { snapshot: &snapshot, locale, host: None };
        for store in snapshot.stores() {
            let distance = here.zip(store.place).map(|(here, there)| here.metres_to(there));
            let timing = store.timing(now, &snapshot.info.zone);
            let open = matches!(timing, Timing::Open(_));
            let stock = request.items.iter().map(|item| store.pieces(item)).min_by_key(|pieces| pieces.unwrap_or(0)).flatten();
            let too_far = request.within.is_some_and(|within| distance.is_none_or(|distance| distance > within));
            if too_far || request.open && !open || request.in_stock && stock.is_none_or(|pieces| pieces == 0) {
                continue;
            }
            let mut reasons = Vec::new();
            reasons.add_all(distance.map(far));
            let changes_at = match timing {
                Timing::Open(until) => until,
                Timing::Opens(at) => at,
                Timing::Ended(_) => None,
            };
            let (code, fact) = if open { ("store-open", "until") } else { ("store-closed", "at") };
            reasons.add_all(changes_at.map(|at| Reason::new(code).with(fact, at)));
            match stock {
                Some(0) => {
                    let missing = request.items.iter().find(|item| store.pieces(item) == Some(0));
                    reasons.push(Reason::new("not-in-stock").with("item", missing.map_or("", String::as_str)));
                }
                Some(pieces) => reasons.push(Reason::new("in-stock").with("pieces", pieces)),
                None => {}
            }
            let title = words.name("store", &store.id);
            answer.stores.push(StoreNearby { id: store.id.clone(), title, distance, open, changes_at, stock, reasons });
        }
        answer.stores.arrange_by_key(|store| store.distance.unwrap_or(i64::MAX));
        answer.stores.truncate(request.limit.map_or(usize::MAX, |limit| limit as usize));
        self.put_into_words(answer.stores.iter_mut().flat_map(|store| &mut store.reasons).chain(&mut answer.notes));
        Ok(answer)
    }
}

/// A distance as people say it: to ten metres below a kilometre, to a tenth of a kilometre below ten, else to kilometres.
fn far(metres: i64) -> Reason {
    let to = |step: i64| metres.saturating_add(step.div_euclid(2)).div_euclid(step);
    if metres < 995 {
        return Reason::new("distance-metres").with("metres", to(10).saturating_mul(10));
    }
    let tenths = to(100);
    let text = if tenths < 100 {
        [&whole_text(tenths.div_euclid(10)), ".", &whole_text(tenths.rem_euclid(10))].concat()
    } else {
        whole_text(to(1_000))
    };
    Reason::new("distance-kilometres").with("kilometres", text.as_str())
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::from_value;
    use crate::engine::CatalogSource;
    use crate::engine::testing::value;
    use crate::rules::NativeRegex;

    fn engine() -> Engine {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let catalog = value(
            r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"}, "locales": ["en"], "items": [{"id": "milk", "price": 400}],
                "texts": {"en": {"distance-metres": "{metres} m away", "distance-kilometres": "{kilometres} km away"}},
                "stores": [
                  {"id": "far", "titles": {"en": "Far"}, "latitude": 31.33, "longitude": 121.47, "stock": {"milk": 3}},
                  {"id": "nowhere"},
                  {"id": "near", "titles": {"en": "Near"}, "latitude": 31.235, "longitude": 121.47, "opening": [{"hours": [{"from": "09:00", "until": "21:00"}]}], "stock": {"tea": 1}},
                  {"id": "near"}, {"id": "half", "latitude": 3}, {"id": "mars", "latitude": 100, "longitude": 0}]}"#,
        );
        let info = engine.load_catalog(CatalogSource::Json(&catalog), &[], 0).unwrap();
        assert_eq!(info.warnings.iter().filter(|warning| warning.code == "store-disabled").count(), 3);
        engine.set_locale(Some("en"));
        engine
    }

    fn ask(engine: &Engine, request: &str) -> Stores {
        engine.stores(&from_value(&value(request)).unwrap(), 0).unwrap()
    }

    fn ids(stores: &Stores) -> Vec<&str> {
        stores.stores.iter().map(|store| store.id.as_str()).collect()
    }

    const HERE: &str = r#""position": {"latitude": 31.23, "longitude": 121.47}"#;

    #[test]
    fn without_a_position_the_catalog_order_stands() {
        let answer = ask(&engine(), "{}");
        assert_eq!(ids(&answer), ["far", "nowhere", "near"]);
        assert_eq!(answer.notes[0].code, "no-position");
        let wrong = ask(&engine(), r#"{"position": {"latitude": 91, "longitude": 0}}"#);
        assert_eq!((ids(&wrong).len(), &*wrong.notes[0].code), (3, "position-not-on-earth"));
    }

    #[test]
    fn the_nearest_comes_first_and_says_how_far() {
        let answer = ask(&engine(), &["{", HERE, "}"].concat());
        assert_eq!(ids(&answer), ["near", "far", "nowhere"]);
        assert_eq!(answer.stores[0].distance, Some(556));
        assert_eq!(answer.stores[0].reasons[0].text.as_deref(), Some("560 m away"));
        assert_eq!(answer.stores[1].reasons[0].text.as_deref(), Some("11 km away"));
        assert_eq!((answer.stores[0].open, answer.stores[0].changes_at), (false, Some(9 * crate::domain::HOUR)));
        assert_eq!(answer.stores[2].distance, None);
        assert_eq!(ids(&ask(&engine(), &["{", HERE, r#", "within": 1000, "limit": 5}"#].concat())), ["near"]);
    }

    #[test]
    fn only_what_is_open_or_has_everything_where_that_is_asked() {
        assert_eq!(ids(&ask(&engine(), r#"{"open": true}"#)), ["far", "nowhere"]);
        assert_eq!(ids(&ask(&engine(), r#"{"open": true, "now": 36000000}"#)), ["far", "nowhere", "near"]);
        let milk = ask(&engine(), r#"{"items": ["milk"]}"#);
        assert_eq!(milk.stores.iter().map(|store| store.stock).collect::<Vec<_>>(), [Some(3), None, Some(0)]);
        assert_eq!(milk.stores[2].reasons[1].code, "not-in-stock");
        assert_eq!(ids(&ask(&engine(), r#"{"items": ["milk"], "inStock": true}"#)), ["far"]);
        assert!(ids(&ask(&engine(), r#"{"items": ["milk", "tea"], "inStock": true}"#)).is_empty());
    }

    #[test]
    fn where_the_shopper_is_is_kept_nowhere() {
        let mut engine = engine();
        engine.load_member(&value(r#"{"id": "m"}"#), 0).unwrap();
        let before = engine.save_state();
        ask(&engine, &["{", HERE, "}"].concat());
        assert_eq!(engine.save_state(), before);
        assert!(engine.drain_events(9).events.is_empty());
        assert!(!serde_json::to_string(&engine.export_data(0)).unwrap().contains("31.23"));
    }
}
