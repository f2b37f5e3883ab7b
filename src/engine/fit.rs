//! `fit`: whether items suit the member, and by which attribute.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::catalog::Surroundings;
use super::{Engine, EngineError};
use crate::domain::{Catalog, Item, Listed, Reason};
use crate::loyalty::{Fit, FitKind, FitRule};
use crate::rules::{Attributes, ItemBinding};
use crate::snapshot::Snapshot;

/// Whether an item suits the member.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify))]
pub struct ItemFit {
    /// The item's id.
    pub id: String,
    /// Whether nothing speaks against it.
    pub fits: bool,
    /// What speaks against it; where nothing does, what speaks for it: `fit-must`, `fit-must-not`, `fit-prefer`, each with
    /// `rule` and the trait as `attribute`.
    pub reasons: Vec<Reason>,
}

/// The rules of a snapshot, asked for one member.
pub(super) struct Fitting<'a> {
    rules: &'a [FitRule],
    member: Attributes<'static>,
    binding: ItemBinding,
}

impl<'a> Fitting<'a> {
    /// How an item suits by each rule that says something of it.
    fn verdicts<'f>(&'f self, catalog: &'f Catalog, item: Item) -> impl Iterator<Item = (&'a FitRule, Fit)> + 'f {
        let source = self.binding.item(catalog, item);
        // Builds without loyalty lack the rules, and all that asks them.
        let of = move |rule: &FitRule| if cfg!(feature = "loyalty") { rule.of(&self.member, &source) } else { Fit::Silent };
        self.rules.iter().map(move |rule| (rule, of(rule))).filter(|(_, fit)| *fit != Fit::Silent)
    }

    /// Whether nothing speaks against the item.
    pub fn allows(&self, catalog: &Catalog, item: Item) -> bool {
        self.verdicts(catalog, item).all(|(_, fit)| fit != Fit::Unsuited)
    }

    /// Whether there is anything that items are preferred by.
    pub fn prefers(&self) -> bool {
        self.rules.iter().any(|rule| rule.kind == FitKind::Prefer)
    }

    /// The factor of a preferred item's score, with why: 1 where nothing is preferred.
    pub fn preference(&self, catalog: &Catalog, item: Item) -> (f64, Vec<Reason>) {
        let preferred = self.verdicts(catalog, item).filter(|(rule, _)| rule.kind == FitKind::Prefer);
        let (mut factor, mut reasons) = (1.0, Vec::new());
        for (rule, _) in preferred {
            factor += rule.weight;
            reasons.push(rule.reason());
        }
        (factor, reasons)
    }
}

impl Engine {
    /// What suits this member by the snapshot's rules; `None` where there are none, or traits may not be read.
    pub(super) fn fitting<'s>(&self, snapshot: &'s Snapshot, now: i64, surroundings: Surroundings<'_>) -> Option<Fitting<'s>> {
        let rules = if snapshot.has_fit { snapshot.programme().fit.as_slice() } else { &[] };
        (cfg!(feature = "loyalty") && !rules.is_empty() && self.is_personalised() && self.profile.is_some()).then(|| Fitting {
            rules,
            member: self.attributes(snapshot, now, surroundings),
            binding: ItemBinding::new(snapshot.attributes(), &snapshot.catalog),
        })
    }

    /// Whether the items called `ids` suit the member, in their order, and by which attribute; ids that the catalog does not
    /// have are left out. Without personalisation, and without rules, everything does.
    ///
    /// # Errors
    /// `no-catalog`.
    pub fn fit(&self, ids: &[String], clock: i64) -> Result<Vec<ItemFit>, EngineError> {
        let snapshot = self.snapshot()?;
        let fitting = self.fitting(&snapshot, self.now(None, clock), Surroundings::default());
        let mut all = Vec::new();
        for (id, item) in ids.iter().filter_map(|id| Some((id, snapshot.catalog.find(id)?))) {
            let verdicts: Vec<_> = fitting.iter().flat_map(|fitting| fitting.verdicts(&snapshot.catalog, item)).listed();
            let fits = verdicts.iter().all(|(_, fit)| *fit != Fit::Unsuited);
            let told = verdicts.iter().filter(|(_, fit)| (*fit == Fit::Unsuited) != fits);
            all.push(ItemFit { id: id.clone(), fits, reasons: told.map(|(rule, _)| rule.reason()).listed() });
        }
        self.put_into_words(all.iter_mut().flat_map(|fit| &mut fit.reasons));
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use alloc::rc::Rc;

    use super::*;
    use crate::domain::from_value;
    use crate::engine::testing::value;
    use crate::engine::{CatalogSource, PrivacySettings};
    use crate::rules::NativeRegex;

    fn engine() -> Engine {
        let mut engine = Engine::new(1, Rc::new(NativeRegex));
        let catalog = r#"{"format": 1, "id": "c", "version": 1, "issuedAt": 0, "currency": {"code": "CNY"},
            "items": [{"id": "a-cream", "price": 100, "attributes": {"skins": ["oily"]}},
                      {"id": "b-cream", "price": 100, "attributes": {"skins": ["dry", "oily"], "contains": ["alcohol"]}},
                      {"id": "c-cream", "price": 100, "attributes": {"skins": ["dry"]}},
                      {"id": "d-cream", "price": 100, "attributes": {"skins": ["dry"], "scent": "rose"}}, {"id": "e-cup", "price": 100}],
            "knowledge": {"format": 1, "items": ["a-cream", "b-cream", "c-cream", "d-cream", "e-cup"], "popularity": [0.5, 0.4, 0.3, 0.28, 0.2]},
            "programme": {"id": "club", "fit": [{"id": "skin", "rule": "must", "member": "skin", "item": "skins"},
                {"id": "avoid", "rule": "must-not", "member": "avoids", "item": "contains"},
                {"id": "scent", "rule": "prefer", "member": "scent", "item": "scent", "weight": 0.5}, {"id": "half", "rule": "must", "member": "x"}]}}"#;
        let warnings = engine.load_catalog(CatalogSource::Json(&value(catalog)), &[], 0).unwrap().warnings;
        assert!(warnings.iter().any(|warning| warning.code == "programme-part-disabled"));
        engine.load_member(&value(r#"{"id": "m", "attributes": {"skin": "dry", "avoids": ["alcohol"], "scent": "rose"}}"#), 0).unwrap();
        engine
    }

    fn recommended(engine: &mut Engine) -> Vec<(String, Vec<String>)> {
        let request = from_value(&value(r#"{"strategy": "for-you", "limit": 4}"#)).unwrap();
        let items = engine.recommend(&request, 0).unwrap().items;
        let codes = |reasons: &[Reason]| {
            reasons.iter().map(|reason| reason.code.clone().into_owned()).filter(|code| code.starts_with("fit")).collect()
        };
        items.iter().map(|item| (item.id.clone(), codes(&item.reasons))).collect()
    }

    #[test]
    fn what_does_not_suit_is_not_recommended_and_what_does_comes_first() {
        let mut engine = engine();
        let found = recommended(&mut engine);
        let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(ids, ["d-cream", "c-cream", "e-cup"]);
        assert_eq!(found[0].1, ["fit-prefer"]);
        engine.set_privacy(&PrivacySettings { personalised: Some(false), ..PrivacySettings::default() }).unwrap();
        assert_eq!(recommended(&mut engine).len(), 4);
    }

    #[test]
    fn it_is_told_which_attribute_decided() {
        let engine = engine();
        let ids: Vec<String> = ["a-cream", "b-cream", "d-cream", "e-cup", "gone"].map(String::from).into();
        let told = engine.fit(&ids, 0).unwrap();
        let short: Vec<_> = told.iter().map(|fit| (fit.fits, fit.reasons.iter().map(|reason| &*reason.code).collect::<Vec<_>>())).collect();
        let expected = [
            (false, alloc::vec!["fit-must"]),
            (false, alloc::vec!["fit-must-not"]),
            (true, alloc::vec!["fit-must", "fit-prefer"]),
            (true, alloc::vec![]),
        ];
        assert_eq!(short, expected);
        assert_eq!(told[0].reasons[0].fact("attribute"), Some(&"skin".into()));
    }
}
