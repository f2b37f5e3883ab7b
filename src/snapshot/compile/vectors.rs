//! Vectors of items to codes parallel to the catalog's items.

use crate::domain::{Catalog, Value, ValueError, from_value};
use crate::recommend::{MOST_DIMENSIONS, Vectors};
use crate::snapshot::Warnings;
use crate::snapshot::wire::vectors::VectorsWire;

/// The section `vectors`. One that can't be read is left out with a warning.
pub fn compile(section: &Value, catalog: &Catalog, warnings: &mut Warnings) -> Vectors {
    if section.is_null() {
        return Vectors::default();
    }
    from_value::<VectorsWire>(section).and_then(|wire| aligned(&wire, catalog)).unwrap_or_else(|error| {
        warnings.push(error.in_field("vectors").reason("section-disabled"));
        Vectors::default()
    })
}

/// `wire`, aligned with the items of `catalog`.
///
/// # Errors
///
/// Where there are too many or too few numbers.
pub fn aligned(wire: &VectorsWire, catalog: &Catalog) -> Result<Vectors, ValueError> {
    let dimensions = wire.dimensions as usize;
    if dimensions == 0 || dimensions > MOST_DIMENSIONS {
        return Err(ValueError::invalid("is not between 1 and 1024").in_field("dimensions"));
    }
    if wire.items.len().checked_mul(dimensions) != Some(wire.values.len()) {
        return Err(ValueError::invalid("has not `dimensions` numbers for each of `items`").in_field("values"));
    }
    if let Some(place) = wire.values.iter().position(|number| !number.is_finite()) {
        return Err(ValueError::invalid("is no number").at_index(place).in_field("values"));
    }
    let mut numbers = alloc::vec![0.0; catalog.len().saturating_mul(dimensions)];
    for (id, vector) in wire.items.iter().zip(wire.values.chunks_exact(dimensions)) {
        let Some(item) = catalog.find(id) else { continue };
        let start = item.index().saturating_mul(dimensions);
        if let Some(row) = numbers.get_mut(start..start.saturating_add(dimensions)) {
            row.copy_from_slice(vector);
        }
    }
    Ok(Vectors::from_numbers(dimensions, &numbers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemColumns, StringColumn};

    #[test]
    fn vectors_follow_the_catalog_and_wrong_ones_are_left_out() {
        let catalog = Catalog { items: ItemColumns { ids: StringColumn::owned(["a", "b"]), ..Default::default() }, ..Default::default() };
        let read = |text: &str| {
            let mut warnings = Warnings::default();
            let vectors = compile(&serde_json::from_str(text).unwrap(), &catalog, &mut warnings);
            (vectors.codes.as_slice().to_vec(), warnings.into_reasons().len())
        };
        let codes = read(r#"{"dimensions": 2, "items": ["c", "b"], "values": [1, 2, 0, -5]}"#);
        assert_eq!(codes, ([[0; 8], [0, 129, 0, 0, 0, 0, 0, 0]].concat(), 0));
        assert_eq!(read("null"), (alloc::vec![], 0));
        for wrong in [
            r#"{"dimensions": 0, "items": [], "values": []}"#,
            r#"{"dimensions": 2, "items": ["a"], "values": [1]}"#,
            r#"{"dimensions": 1, "items": ["a"], "values": [1e300]}"#,
            r#"[1]"#,
        ] {
            assert_eq!(read(wrong), (alloc::vec![], 1), "{wrong}");
        }
    }
}
