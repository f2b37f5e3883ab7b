//! Stores to places and opening times.

use alloc::vec::Vec;

use super::Context;
use super::offers::schedule;
use crate::domain::{Value, ValueError, ValueErrorKind, from_value};
use crate::offers::{Place, Store};
use crate::snapshot::wire::store::Store as StoreWire;

/// The stores in the list `stores`. One that can't be read, or that has the id of one before it, is left out with a warning.
pub fn compile(stores: &Value, context: &mut Context<'_>) -> Vec<Store> {
    let mut compiled: Vec<Store> = Vec::new();
    for (index, value) in context.list("stores", stores).iter().enumerate() {
        let store = from_value::<StoreWire>(value).and_then(|wire| store(wire, &compiled, context));
        match store {
            Ok(store) => compiled.push(store),
            Err(error) => {
                let id = value.get("id").and_then(Value::as_str);
                context.warnings.disabled("store-disabled", "store", id, index, &error.at_index(index));
            }
        }
    }
    compiled
}

fn store(wire: StoreWire, before: &[Store], context: &Context<'_>) -> Result<Store, ValueError> {
    if wire.id.is_empty() || before.iter().any(|known| known.id == wire.id) {
        return Err(ValueError::invalid(if wire.id.is_empty() { "must not be empty" } else { "is used twice" }).in_field("id"));
    }
    let place = match (wire.latitude, wire.longitude) {
        (None, None) => None,
        (Some(latitude), Some(longitude)) => {
            Some(Place::new(latitude, longitude).ok_or_else(|| ValueError::new(ValueErrorKind::OutOfRange).in_field("latitude"))?)
        }
        _ => return Err(ValueError::invalid("needs the other of latitude and longitude").in_field("latitude")),
    };
    let mut opening = Vec::with_capacity(wire.opening.len());
    for (index, wire) in wire.opening.iter().enumerate() {
        opening.push(schedule(wire, context.zone).map_err(|error| error.at_index(index).in_field("opening"))?);
    }
    Ok(Store { id: wire.id, place, opening, stock: wire.stock })
}
