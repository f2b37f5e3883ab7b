//! What is worked out from a catalog once, and anew when another takes its place.

use alloc::rc::Rc;

use crate::domain::Catalog;
use crate::snapshot::Snapshot;

/// A value made for the catalog in use.
#[derive(Default)]
pub(super) struct Made<T> {
    made_for: Option<Rc<Catalog>>,
    value: T,
}

impl<T> Made<T> {
    /// The value for `snapshot`: what `make` makes of it, called once for a catalog.
    pub fn of(&mut self, snapshot: &Snapshot, make: impl FnOnce(&Snapshot) -> T) -> &mut T {
        if !self.made_for.as_ref().is_some_and(|known| Rc::ptr_eq(known, &snapshot.catalog)) {
            self.value = make(snapshot);
            self.made_for = Some(snapshot.catalog.clone());
        }
        &mut self.value
    }
}
