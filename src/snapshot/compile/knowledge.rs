//! Trained knowledge to columns that are parallel to the catalog's items.

use alloc::vec::Vec;

use crate::domain::{Catalog, Column, Item, Listed, Lists, Value, ValueError, from_value};
use crate::recommend::{FEATURES, Flyers, Forest, Knowledge, Nearness, Neighbours, OFFER_FEATURES, RankerSettings};
use crate::snapshot::Warnings;
use crate::snapshot::wire::knowledge::{FlyerWire, KNOWLEDGE_FORMAT, KnowledgeWire, NeighboursWire};

/// The section `knowledge`. One that can't be read is left out with a warning: recommendations then know only the member's
/// own history.
pub fn compile(section: &Value, catalog: &Catalog, warnings: &mut Warnings) -> Knowledge {
    let nothing = || Knowledge::default().prepared(catalog);
    if section.is_null() {
        return nothing();
    }
    let knowledge = from_value::<KnowledgeWire>(section).and_then(|wire| aligned(&wire, catalog));
    knowledge.unwrap_or_else(|error| {
        warnings.push(error.in_field("knowledge").reason("knowledge-disabled"));
        nothing()
    })
}

/// `wire`, aligned with the items of `catalog`: what the catalog does not have is dropped, what `wire` does not have is
/// zero.
///
/// # Errors
///
/// Where a column has the wrong length or a number out of its range, and where ids or neighbours are not in order.
pub fn aligned(wire: &KnowledgeWire, catalog: &Catalog) -> Result<Knowledge, ValueError> {
    if wire.format > KNOWLEDGE_FORMAT {
        return Err(ValueError::invalid("was written for a newer engine").in_field("format"));
    }
    if !wire.items.is_sorted_by(|one, other| one < other) {
        return Err(ValueError::invalid("ids are not strictly ascending").in_field("items"));
    }
    let places: Vec<Option<Item>> = wire.items.iter().map(|id| catalog.find(id)).listed();
    let align = Alignment { places: &places, items: catalog.len() };
    let share = 0.0..=1.0;
    let knowledge = Knowledge {
        until: wire.until,
        popularity: align.column("popularity", &wire.popularity, &share)?,
        recent: align.column("recent", &wire.recent, &share)?,
        trend: align.column("trend", &wire.trend, &(-1.0..=f32::MAX))?,
        rhythm_days: align.column("rhythmDays", &wire.rhythm_days, &(0.0..=f32::MAX))?,
        rhythm_spread: align.column("rhythmSpread", &wire.rhythm_spread, &(0.0..=f32::MAX))?,
        repeat_rate: align.column("repeatRate", &wire.repeat_rate, &share)?,
        buyers: align.column("buyers", &wire.buyers, &(0..=u32::MAX))?,
        week: align.column("week", &wire.week, &share)?,
        rebuy: align.column("rebuy", &wire.rebuy, &share)?,
        flyer_lift: align.column("flyerLift", &wire.flyer_lift, &(0.0..=100.0))?,
        flyers: align.flyers(&wire.flyers)?,
        bought_together: align.neighbours("boughtTogether", &wire.bought_together)?,
        in_sequence: align.neighbours("inSequence", &wire.in_sequence)?,
        similar: align.neighbours("similar", &wire.similar)?,
        companions: align.neighbours("companions", &wire.companions)?,
        weights: wire.weights,
        ranker: RankerSettings {
            mere_order: wire.ranker.mere_order,
            next_basket: forest(&wire.ranker.next_basket, FEATURES).ok_or_else(|| no_forest("nextBasket"))?,
            discover: forest(&wire.ranker.discover, FEATURES).ok_or_else(|| no_forest("discover"))?,
            offers: forest(&wire.ranker.offers, OFFER_FEATURES.len()).ok_or_else(|| no_forest("offers"))?,
        },
        ..Knowledge::default()
    };
    debug_assert!(knowledge.is_sound(catalog.len()));
    Ok(knowledge.prepared(catalog))
}

/// The forest over `features` in `bytes`, an empty one in none.
pub fn forest(bytes: &[u8], features: usize) -> Option<Forest> {
    if bytes.is_empty() { Some(Forest::default()) } else { Forest::read(bytes, features) }
}

fn no_forest(name: &str) -> ValueError {
    ValueError::invalid("is no forest over the features of this engine").in_field(name).in_field("ranker")
}

/// Where the items of the wire form stand in the catalog.
struct Alignment<'a> {
    places: &'a [Option<Item>],
    items: usize,
}

impl Alignment<'_> {
    fn column<T: bytemuck::Pod + PartialOrd>(
        &self,
        name: &str,
        column: &[T],
        range: &core::ops::RangeInclusive<T>,
    ) -> Result<Column<T>, ValueError> {
        if column.is_empty() {
            return Ok(Column::default());
        }
        if column.len() != self.places.len() {
            return Err(ValueError::invalid("has another length than items").in_field(name));
        }
        if let Some(index) = column.iter().position(|number| !range.contains(number)) {
            return Err(ValueError::invalid("is out of range").at_index(index).in_field(name));
        }
        let mut aligned = alloc::vec![T::zeroed(); self.items];
        for (place, number) in self.places.iter().zip(column) {
            if let Some(slot) = place.and_then(|item| aligned.get_mut(item.index())) {
                *slot = *number;
            }
        }
        Ok(Column::owned(&aligned))
    }

    fn flyers(&self, wire: &[FlyerWire]) -> Result<Flyers, ValueError> {
        let (mut from, mut until) = (Vec::new(), Vec::new());
        let (mut offsets, mut values, mut places) = (alloc::vec![0_u32], Vec::new(), Vec::new());
        for flyer in wire {
            from.push(flyer.from);
            until.push(flyer.until);
            for (place, well) in flyer.items.iter().zip(&flyer.places) {
                if let Some(item) = self.places.get(*place as usize).copied().flatten() {
                    values.push(item.0);
                    places.push(*well);
                }
            }
            offsets.push(u32::try_from(values.len()).unwrap_or(u32::MAX));
        }
        let lists = Lists { offsets: Column::owned(&offsets), values: Column::owned(&values) };
        let flyers = Flyers { from: Column::owned(&from), until: Column::owned(&until), lists, places: Column::owned(&places) };
        let fit = wire.iter().all(|flyer| flyer.items.len() == flyer.places.len()) && flyers.is_sound(self.items);
        if fit { Ok(flyers) } else { Err(ValueError::invalid("are not in order").in_field("flyers")) }
    }

    fn neighbours(&self, name: &str, wire: &NeighboursWire) -> Result<Neighbours, ValueError> {
        if wire.offsets.is_empty() && wire.items.is_empty() && wire.scores.is_empty() {
            return Ok(Neighbours::default());
        }
        let lists = Lists { offsets: Column::owned(&wire.offsets), values: Column::owned(&wire.items) };
        if !lists.is_sound(self.places.len()) || wire.scores.len() != wire.items.len() {
            return Err(ValueError::invalid("offsets, items and scores don't fit each other").in_field(name));
        }
        if let Some(index) = wire.items.iter().position(|place| (*place as usize) >= self.places.len()) {
            return Err(ValueError::invalid("is no place in items").at_index(index).in_field("items").in_field(name));
        }
        if let Some(index) = wire.scores.iter().position(|score| !(*score > 0.0 && *score <= 1.0)) {
            return Err(ValueError::invalid("is not in (0, 1]").at_index(index).in_field("scores").in_field(name));
        }
        let mut by_item: Vec<Option<usize>> = alloc::vec![None; self.items];
        for (index, item) in self.places.iter().enumerate() {
            if let Some(slot) = item.and_then(|item| by_item.get_mut(item.index())) {
                *slot = Some(index);
            }
        }
        let (mut offsets, mut values, mut steps) = (alloc::vec![0_u32], Vec::new(), Vec::new());
        for known in by_item {
            let range = known.map(|index| lists.range(index)).unwrap_or_default();
            let neighbours = wire.items.get(range.clone()).unwrap_or_default().iter().zip(wire.scores.get(range).unwrap_or_default());
            for (place, score) in neighbours {
                if let Some(item) = self.places.get(*place as usize).copied().flatten() {
                    values.push(item.0);
                    steps.push(Nearness::step(f64::from(*score)));
                }
            }
            offsets.push(u32::try_from(values.len()).unwrap_or(u32::MAX));
        }
        let lists = Lists { offsets: Column::owned(&offsets), values: Column::owned(&values) };
        Ok(Neighbours { lists, steps: Column::owned(&steps) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemColumns, StringColumn};

    fn catalog() -> Catalog {
        Catalog { items: ItemColumns { ids: StringColumn::owned(["a", "b", "d"]), ..Default::default() }, ..Default::default() }
    }

    fn wire() -> KnowledgeWire {
        KnowledgeWire {
            format: 1,
            items: ["b", "c", "d"].map(Into::into).to_vec(),
            popularity: alloc::vec![0.5, 0.25, 0.125],
            similar: NeighboursWire { offsets: alloc::vec![0, 2, 3, 3], items: alloc::vec![1, 2, 0], scores: alloc::vec![1.0, 0.5, 0.5] },
            ..KnowledgeWire::default()
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let broken = |change: fn(&mut KnowledgeWire)| {
            let mut wire = wire();
            change(&mut wire);
            aligned(&wire, &catalog()).unwrap_err().path().to_owned()
        };
        assert_eq!(broken(|wire| wire.format = 2), "format");
        assert_eq!(broken(|wire| wire.items.swap(0, 1)), "items");
        assert_eq!(broken(|wire| wire.popularity.truncate(2)), "popularity");
        assert_eq!(broken(|wire| wire.popularity[1] = f32::NAN), "popularity[1]");
        assert_eq!(broken(|wire| wire.popularity[2] = 1.5), "popularity[2]");
        assert_eq!(broken(|wire| wire.similar.offsets[1] = 9), "similar");
        assert_eq!(broken(|wire| wire.similar.items[1] = 3), "similar.items[1]");
        assert_eq!(broken(|wire| wire.similar.scores[0] = 0.0), "similar.scores[0]");
    }

    #[test]
    fn broken_knowledge_is_left_out_with_a_warning() {
        let mut warnings = Warnings::default();
        let section: Value = serde_json::from_str(r#"{"format": 1, "items": ["b", "a"]}"#).unwrap();
        let knowledge = compile(&section, &catalog(), &mut warnings);
        assert!(knowledge.popularity.is_empty());
        let warnings = warnings.into_reasons();
        assert_eq!((warnings.len(), &*warnings[0].code), (1, "knowledge-disabled"));
    }

    #[test]
    fn columns_and_neighbours_follow_the_catalog() {
        let knowledge = aligned(&wire(), &catalog()).unwrap();
        assert_eq!(knowledge.popularity.as_slice(), [0.0, 0.5, 0.125]);
        let similar = |place| {
            let mut items = Vec::new();
            knowledge.similar.read().each(Item(place), |item, _| items.push(item.0));
            items
        };
        assert_eq!((similar(0), similar(1), similar(2)), (alloc::vec![], alloc::vec![2], alloc::vec![]));
        assert!(knowledge.rhythm_days.is_empty());
    }
}
