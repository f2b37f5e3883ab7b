//! Trained knowledge as columns of a container.
//!
//! | name | holds |
//! |---|---|
//! | `knowledge.popularity`, `.recent`, `.trend`, `.rhythm-days`, `.rhythm-spread`, `.repeat-rate`, `.week`, `.rebuy`, `.flyer-lift` | f32 |
//! | `knowledge.flyers.from`, `.until`; `.offsets`, `.values`, `.places` | i32 days; u32, u32 places of items, u8: one list a flyer |
//! | `knowledge.ranker.next-basket`, `.discover`, `.offers` | u8: a forest |
//! | `knowledge.buyers` | u32 |
//! | `knowledge.together.offsets`, `.values`, `.steps`; the same of `sequence`, `similar`, `companions` | u32, u32 places of items, u8 |
//! | document `knowledge` | `until`, `weights`, `mereOrder` |
//!
//! Columns have one number an item, in the order of `items.ids`, or are absent where nothing was learned. A step `s`
//! stands for a nearness of `2^((s - 255) / 24)`.

use serde::Serialize;

use super::container::Container;
use super::{Part, SnapshotError};
use crate::domain::{Catalog, from_value, read_fields};
use crate::recommend::{FEATURES, Flyers, Forest, Knowledge, Neighbours, OFFER_FEATURES, RankerSettings, Weights};
#[cfg(not(target_arch = "wasm32"))]
use {super::container::Writer, crate::domain::ValueError};

/// What is not columnar of it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Document {
    until: i64,
    weights: Weights,
    mere_order: bool,
}

read_fields!(Document: until, weights, mere_order);

/// Reads the knowledge, and checks all of it.
///
/// # Errors
///
/// `malformed-snapshot`.
pub fn read(container: &Container, catalog: &Catalog) -> Result<Knowledge, SnapshotError> {
    let document = container.document("knowledge")?;
    let document: Document =
        if document.is_null() { Document::default() } else { from_value(&document).map_err(|error| error.in_field("knowledge"))? };
    let items = catalog.len();
    let floats = |name: &str| container.column_of::<f32>(&["knowledge.", name].concat(), items);
    let neighbours = |name: &str| -> Result<Neighbours, SnapshotError> {
        let name = ["knowledge.", name].concat();
        let lists = container.lists(&name, items, items)?;
        let steps = container.column_of::<u8>(&[&name, ".steps"].concat(), lists.values.len())?;
        if steps.len() == lists.values.len() { Ok(Neighbours { lists, steps }) } else { Err(SnapshotError::Malformed(Part::Column(name))) }
    };
    let forest = |name: &str, features: usize| -> Result<Forest, SnapshotError> {
        let name = ["knowledge.ranker.", name].concat();
        let bytes = container.column::<u8>(&name)?;
        super::compile::knowledge::forest(bytes.as_slice(), features).ok_or(SnapshotError::Malformed(Part::Column(name)))
    };
    let from = container.column::<i32>("knowledge.flyers.from")?;
    let flyers = Flyers {
        until: container.column_of("knowledge.flyers.until", from.len())?,
        lists: container.lists("knowledge.flyers", from.len(), items)?,
        places: container.column("knowledge.flyers.places")?,
        from,
    };
    if !flyers.is_sound(items) {
        return Err(SnapshotError::Malformed(Part::Column("knowledge.flyers".into())));
    }
    let knowledge = Knowledge {
        until: document.until,
        popularity: floats("popularity")?,
        recent: floats("recent")?,
        trend: floats("trend")?,
        rhythm_days: floats("rhythm-days")?,
        rhythm_spread: floats("rhythm-spread")?,
        repeat_rate: floats("repeat-rate")?,
        week: floats("week")?,
        rebuy: floats("rebuy")?,
        flyer_lift: floats("flyer-lift")?,
        flyers,
        buyers: container.column_of("knowledge.buyers", items)?,
        bought_together: neighbours("together")?,
        in_sequence: neighbours("sequence")?,
        similar: neighbours("similar")?,
        companions: neighbours("companions")?,
        weights: document.weights,
        ranker: RankerSettings {
            mere_order: document.mere_order,
            next_basket: forest("next-basket", FEATURES)?,
            discover: forest("discover", FEATURES)?,
            offers: forest("offers", OFFER_FEATURES.len())?,
        },
        ..Knowledge::default()
    };
    Ok(knowledge.prepared(catalog))
}

/// Writes the knowledge.
///
/// # Errors
///
/// Where the document can't be written as CBOR.
#[cfg(not(target_arch = "wasm32"))]
pub fn write(knowledge: &Knowledge, writer: &mut Writer) -> Result<(), ValueError> {
    for (name, column) in [
        ("knowledge.popularity", &knowledge.popularity),
        ("knowledge.recent", &knowledge.recent),
        ("knowledge.trend", &knowledge.trend),
        ("knowledge.rhythm-days", &knowledge.rhythm_days),
        ("knowledge.rhythm-spread", &knowledge.rhythm_spread),
        ("knowledge.repeat-rate", &knowledge.repeat_rate),
        ("knowledge.week", &knowledge.week),
        ("knowledge.rebuy", &knowledge.rebuy),
        ("knowledge.flyer-lift", &knowledge.flyer_lift),
    ] {
        writer.column(name, column.as_slice());
    }
    writer.column("knowledge.buyers", knowledge.buyers.as_slice());
    for (name, neighbours) in [
        ("knowledge.together", &knowledge.bought_together),
        ("knowledge.sequence", &knowledge.in_sequence),
        ("knowledge.similar", &knowledge.similar),
        ("knowledge.companions", &knowledge.companions),
    ] {
        writer.lists(name, &neighbours.lists);
        writer.column(&[name, ".steps"].concat(), neighbours.steps.as_slice());
    }
    let flyers = &knowledge.flyers;
    if !flyers.is_empty() {
        writer.column("knowledge.flyers.from", flyers.from.as_slice());
        writer.column("knowledge.flyers.until", flyers.until.as_slice());
        writer.lists("knowledge.flyers", &flyers.lists);
        writer.column("knowledge.flyers.places", flyers.places.as_slice());
    }
    writer.column("knowledge.ranker.next-basket", knowledge.ranker.next_basket.bytes());
    writer.column("knowledge.ranker.discover", knowledge.ranker.discover.bytes());
    writer.column("knowledge.ranker.offers", knowledge.ranker.offers.bytes());
    let document = Document { until: knowledge.until, weights: knowledge.weights, mere_order: knowledge.ranker.mere_order };
    writer.document_of("knowledge", &document)
}
