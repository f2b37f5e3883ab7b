//! Vectors of items from a file: CSV of an id and its numbers, or the JSON form.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use regulars::domain::from_value;
use regulars::snapshot::wire::vectors::VectorsWire;

use crate::input;

pub fn read(path: &Path) -> Result<VectorsWire> {
    if path.extension().is_some_and(|extension| extension == "csv") {
        return csv(&input::bytes(path)?).with_context(|| path.display().to_string());
    }
    from_value(&input::value(path)?).map_err(|error| anyhow!("{}: {error}", path.display()))
}

/// Rows of an id and its numbers; a first row whose second cell is no number names the columns.
fn csv(bytes: &[u8]) -> Result<VectorsWire> {
    let mut wire = VectorsWire::default();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let mut row = csv::StringRecord::new();
    let mut line = 0_usize;
    while reader.read_record(&mut row)? {
        line = line.saturating_add(1);
        if line == 1 && row.get(1).is_some_and(|cell| cell.trim().parse::<f32>().is_err()) {
            continue;
        }
        let id = row.get(0).unwrap_or_default();
        let before = wire.values.len();
        for cell in row.iter().skip(1) {
            let number: f32 = cell.trim().parse().map_err(|_| anyhow!("line {line}: `{cell}` is no number"))?;
            wire.values.push(number);
        }
        let count = u32::try_from(wire.values.len().saturating_sub(before))?;
        if wire.items.is_empty() {
            wire.dimensions = count;
        } else if count != wire.dimensions {
            bail!("line {line}: {count} numbers, where rows before have {}", wire.dimensions);
        }
        wire.items.push(id.into());
    }
    Ok(wire)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_vectors_and_errors_name_the_line() {
        let wire = csv(b"item,x,y\na,1,2.5\nb,-3e1, 4\n").unwrap();
        assert_eq!((wire.dimensions, wire.items.join(" "), wire.values), (2, "a b".into(), vec![1.0, 2.5, -30.0, 4.0]));
        assert_eq!(csv(b"a,1\n").unwrap().items, ["a"]);
        assert_eq!(csv(b"a,1\nb,one\n").unwrap_err().to_string(), "line 2: `one` is no number");
        assert!(csv(b"a,1\nb,1,2\n").is_err());
    }
}
