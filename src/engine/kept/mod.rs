//! What answers about the member keep from one to the next: nothing that the member, the catalog and the locale in use do not
//! say again, and it goes when one of them does. The largest of the demo's households keeps some 60 kB.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use super::Engine;
use super::facts::Past;
use super::seen::price;
use crate::domain::{Member, Reason};
use crate::loyalty::{FactOrder, Ledger, MemberView, Standing};
use crate::snapshot::Snapshot;

/// What answers about the member in use keep.
#[derive(Default)]
pub(super) struct Kept {
    order: RefCell<Option<FactOrder>>,
    /// Of the whole history.
    past: Cell<Option<Past>>,
    stood: RefCell<Option<(Vec<bool>, Rc<Stood>)>>,
    pub phrases: Phrases,
}

/// Where the member stands, with the ledger of each wallet.
#[derive(Debug, Default)]
pub(super) struct Stood {
    pub standing: Standing,
    pub ledgers: Vec<Ledger>,
}

impl Kept {
    /// What `member`, the one in use, bought up to `now`.
    pub fn past(&self, member: &Member, now: i64) -> Past {
        if let Some(past) = self.past.get().filter(|past| past.last.is_none_or(|last| last <= now)) {
            return past;
        }
        let past = Past::of(member, now);
        if past.orders == member.history.len() {
            self.past.set(Some(past));
        }
        past
    }

    /// Where the member stands at `now`, to whom the tiers in `open` are open: found before, or by `find`.
    pub fn stood(&self, open: Vec<bool>, now: i64, horizon: i64, find: impl FnOnce(&[bool]) -> Stood) -> Rc<Stood> {
        let mut kept = self.stood.borrow_mut();
        if let Some((_, stood)) = kept.as_ref().filter(|(known, stood)| *known == open && stood.standing.calm.holds(now, horizon)) {
            return stood.clone();
        }
        let stood = Rc::new(find(&open));
        *kept = Some((open, stood.clone()));
        stood
    }
}

impl Engine {
    /// The facts of the member in use, in order. `snapshot` is the one in use.
    pub(super) fn view(&self, snapshot: Option<&Snapshot>) -> MemberView<'_> {
        let mut order = self.kept.order.borrow_mut();
        match &*order {
            Some(order) => MemberView::in_order(&self.member, order),
            None => {
                let view = MemberView::new(&self.member, &[], &|item| price(snapshot?)(item));
                *order = Some(view.order(&self.member));
                view
            }
        }
    }
}

/// So many texts are kept.
const MOST: usize = 256;

/// The reasons of an answer with their texts: the next answer mostly has the same, in the same order.
#[derive(Default)]
pub(super) struct Phrases(Cell<Vec<Reason>>);

impl Phrases {
    /// Gives the reasons of an answer their texts: kept, or made by `write`.
    pub fn put(&self, reasons: Vec<&mut Reason>, write: &dyn Fn(&Reason) -> Option<String>) {
        // A host that calls back into the engine while it writes finds nothing kept.
        let mut known = self.0.take();
        let mut next = 0_usize;
        for reason in reasons {
            let mut place = next;
            while known.get(place).is_some_and(|known| known.code != reason.code || known.facts != reason.facts) {
                place = place.saturating_add(1);
            }
            if let Some(same) = known.get(place) {
                reason.text.clone_from(&same.text);
            } else {
                reason.text = write(reason);
                if known.len() >= MOST {
                    known.clear();
                }
                place = next.min(known.len());
                known.insert(place, reason.clone());
            }
            next = place.saturating_add(1);
        }
        self.0.set(known);
    }

    pub fn forget(&self) {
        self.0.set(Vec::new());
    }
}

#[cfg(test)]
mod tests;
