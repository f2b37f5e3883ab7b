//! What is compiled of a snapshot's sections beside what lists of items need: at once, or when it is first asked for.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};
use core::fmt;

use super::compile::{self, Context};
use super::open::section;
use super::{Snapshot, Warnings};
use crate::domain::{OfLoyalty, OfOffers, Reason, Texts, Value};
use crate::loyalty::Programme;
use crate::offers::{OfferBook, Store};
use crate::rules::{AttributeTable, RegexEngine, RuleContext, SavedGroups, Segments};

/// Programme, offers, stores and segments, compiled together: their conditions share one table of attributes.
#[derive(Debug, Default)]
pub struct Rules {
    attributes: AttributeTable,
    segments: Segments,
    programme: OfLoyalty<Programme>,
    offers: OfOffers<OfferBook>,
    stores: OfLoyalty<Vec<Store>>,
    warnings: Vec<Reason>,
}

/// The sections, compiled or as they were written.
#[derive(Default)]
pub struct Sections {
    rules: OnceCell<Rules>,
    texts: OnceCell<(Texts, Vec<Reason>)>,
    /// Let go of when all is compiled.
    later: RefCell<Option<Rc<Later>>>,
}

/// What is compiled later, and with what.
struct Later {
    sections: Value,
    regex: Rc<dyn RegexEngine>,
}

impl fmt::Debug for Sections {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sections")
    }
}

impl Sections {
    /// To be compiled when they are asked for.
    pub(super) fn later(sections: Value, regex: Rc<dyn RegexEngine>) -> Self {
        let later = RefCell::new(Some(Rc::new(Later { sections, regex })));
        Sections { later, ..Sections::default() }
    }

    #[inline(never)]
    fn waiting(&self) -> Option<Rc<Later>> {
        self.later.try_borrow().ok().and_then(|later| later.clone())
    }

    fn let_go(&self) {
        if self.rules.get().is_some()
            && self.texts.get().is_some()
            && let Ok(mut later) = self.later.try_borrow_mut()
        {
            *later = None;
        }
    }
}

impl Snapshot {
    /// Attributes that any of its conditions asks for.
    pub fn attributes(&self) -> &AttributeTable {
        &self.rules().attributes
    }

    /// Segments of members.
    pub fn segments(&self) -> &Segments {
        &self.rules().segments
    }

    /// The membership programme; empty where there is none.
    pub fn programme(&self) -> &Programme {
        &self.rules().programme
    }

    /// Offers, and how they go together.
    pub fn offers(&self) -> &OfferBook {
        &self.rules().offers
    }

    /// Stores of bricks, in the catalog's order.
    pub fn stores(&self) -> &[Store] {
        &self.rules().stores
    }

    /// Templates of texts.
    #[inline(never)]
    pub fn texts(&self) -> &Texts {
        if let Some((texts, _)) = self.sections.texts.get() {
            return texts;
        }
        let texts = self.sections.waiting().map(|later| texts_of(&later.sections)).unwrap_or_default();
        let texts = self.sections.texts.get_or_init(|| texts);
        self.sections.let_go();
        &texts.0
    }

    /// What was left out of it, and why, as far as it is compiled.
    pub fn warnings(&self) -> Vec<Reason> {
        let mut warnings = self.info.warnings.clone();
        warnings.extend(self.sections.rules.get().into_iter().flat_map(|rules| rules.warnings.iter().cloned()));
        warnings.extend(self.sections.texts.get().into_iter().flat_map(|(_, warnings)| warnings.iter().cloned()));
        warnings
    }

    /// How many offers it has; until they are compiled, how many are written in it.
    pub fn offer_count(&self) -> usize {
        match (self.sections.rules.get(), self.sections.waiting()) {
            (None, Some(later)) if cfg!(feature = "offers") => section(&later.sections, "offers").as_array().map_or(0, <[Value]>::len),
            _ => self.offers().offers.len(),
        }
    }

    /// Compiles at once what is else compiled when it is asked for.
    pub(super) fn compile_all(&mut self, sections: &Value, regex: &dyn RegexEngine) {
        let (mut rules, mut texts) = (self.rules_of(sections, regex), texts_of(sections));
        self.info.warnings.append(&mut rules.warnings);
        self.info.warnings.append(&mut texts.1);
        self.sections = Sections { rules: rules.into(), texts: texts.into(), ..Sections::default() };
    }

    // Asked for in a hundred places: one of it in the module.
    #[inline(never)]
    fn rules(&self) -> &Rules {
        if let Some(rules) = self.sections.rules.get() {
            return rules;
        }
        let rules = self.sections.waiting().map(|later| self.rules_of(&later.sections, &*later.regex)).unwrap_or_default();
        let rules = self.sections.rules.get_or_init(|| rules);
        self.sections.let_go();
        rules
    }

    fn rules_of(&self, sections: &Value, regex: &dyn RegexEngine) -> Rules {
        let (rules, attributes, warnings) = self.compiled(sections, regex, Warnings::default(), |sections, context| {
            let segments = compile::segments::compile(section(sections, "segments"), context);
            let mut rules = Rules { segments, ..Rules::default() };
            let (programme, offers, stores): (&mut Programme, &mut OfferBook, &mut Vec<Store>) =
                (&mut rules.programme, &mut rules.offers, &mut rules.stores);
            if cfg!(feature = "loyalty") {
                *programme = compile::programme::compile(section(sections, "programme"), context);
            }
            if cfg!(feature = "offers") {
                *offers = compile::offers::compile(section(sections, "offers"), section(sections, "stacking"), context);
            }
            if cfg!(feature = "loyalty") {
                *stores = compile::stores::compile(section(sections, "stores"), context);
            }
            rules
        });
        Rules { attributes, warnings: warnings.into_reasons(), ..rules }
    }

    /// What `compile` makes of `sections`, with the attributes that conditions ask for: those of lists come first.
    pub(super) fn compiled<T>(
        &self,
        sections: &Value,
        regex: &dyn RegexEngine,
        warnings: Warnings,
        compile: impl FnOnce(&Value, &mut Context<'_>) -> T,
    ) -> (T, AttributeTable, Warnings) {
        let groups = SavedGroups::compile(section(section(sections, "features"), "savedGroups"));
        let mut context = Context {
            catalog: &self.catalog,
            zone: &self.info.zone,
            currency: &self.info.currency.code,
            rules: RuleContext::new(regex).with_groups(&groups),
            attributes: self.list_attributes.clone(),
            warnings,
        };
        let made = compile(sections, &mut context);
        (made, context.attributes, context.warnings)
    }
}

fn texts_of(sections: &Value) -> (Texts, Vec<Reason>) {
    Texts::compile(&compile::names::texts_with_titles(sections))
}
