//! A table of items as CSV.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use regulars::domain::Value;

const KNOWN: [&str; 13] = [
    "id",
    "price",
    "basePrice",
    "basePriceAt",
    "reducedAt",
    "stock",
    "addedAt",
    "title",
    "department",
    "category",
    "kind",
    "brand",
    "tags",
];

/// Rows to the items of the JSON form.
///
/// The first row names the columns: `id`, `price`, `basePrice`, `stock`, `basePriceAt`, `reducedAt`, `addedAt` (dates or milliseconds), `title`,
/// `title.<locale>`, `department`, `category`, `kind`, `brand`, `tags` (several between `|`), `attributes.<name>`
/// (`true`, `false` and numbers are read as such). Empty cells say nothing.
pub fn read(bytes: &[u8], path: &Path) -> Result<Value> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let header = reader.headers().with_context(|| path.display().to_string())?.clone();
    for name in &header {
        let known = KNOWN.contains(&name);
        let prefixed = ["title.", "attributes."].iter().any(|prefix| name.len() > prefix.len() && name.starts_with(prefix));
        if !known && !prefixed {
            bail!("{}:1: there is no column `{name}`; free ones are called `attributes.{name}`", path.display());
        }
    }
    for needed in ["id", "price"] {
        if !header.iter().any(|name| name == needed) {
            bail!("{}:1: the column `{needed}` is missing", path.display());
        }
    }
    let mut items = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            anyhow!("{}:{line}: {error}", path.display())
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let item = item(&header, &record).map_err(|(name, problem)| anyhow!("{}:{line}: {name} {problem}", path.display()))?;
        items.push(item);
    }
    Ok(Value::Array(items))
}

fn item(header: &csv::StringRecord, record: &csv::StringRecord) -> Result<Value, (String, String)> {
    let (mut fields, mut titles, mut attributes) = (Vec::new(), Vec::new(), Vec::new());
    for (name, cell) in header.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
        let value = match name {
            "price" | "basePrice" | "stock" => {
                let number: f64 = cell.parse().map_err(|_| (name.to_owned(), format!("must be a number, not `{cell}`")))?;
                Value::Number(number)
            }
            #[allow(clippy::cast_precision_loss)] // instants are far below 2^53
            "addedAt" | "basePriceAt" | "reducedAt" => {
                Value::Number(crate::clock::instant(cell).map_err(|problem| (name.to_owned(), format!("is {problem}")))? as f64)
            }
            "tags" => Value::Array(cell.split('|').map(|tag| tag.trim().into()).collect()),
            _ => Value::from(cell),
        };
        if let Some(locale) = name.strip_prefix("title.") {
            titles.push((locale.to_owned(), value));
        } else if let Some(attribute) = name.strip_prefix("attributes.") {
            attributes.push((attribute.to_owned(), scalar(cell)));
        } else {
            fields.push((name.to_owned(), value));
        }
    }
    if !titles.is_empty() {
        fields.retain(|(name, _)| name != "title");
        fields.push(("title".into(), Value::Object(titles)));
    }
    if !attributes.is_empty() {
        fields.push(("attributes".into(), Value::Object(attributes)));
    }
    Ok(Value::Object(fields))
}

fn scalar(cell: &str) -> Value {
    match cell {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match cell.parse::<f64>() {
            // Codes such as 007 stay texts.
            Ok(number) if number.is_finite() && serde_json::from_str::<f64>(cell).is_ok() => Value::Number(number),
            _ => cell.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        read(text.as_bytes(), Path::new("items.csv")).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_line_and_field() {
        assert_eq!(told("id,price\na,1\nb,dear\n"), "items.csv:3: price must be a number, not `dear`");
        assert_eq!(told("id,colour\n"), "items.csv:1: there is no column `colour`; free ones are called `attributes.colour`");
        assert_eq!(told("id\n"), "items.csv:1: the column `price` is missing");
        assert!(told("id,price\na\n").starts_with("items.csv:2: "), "{}", told("id,price\na\n"));
        assert!(told("id,price,addedAt\na,1,soon\n").starts_with("items.csv:2: addedAt is neither"));
    }

    #[test]
    fn cells_become_fields() {
        let text = "id,price,title.en,title.zh-CN,tags,attributes.size,attributes.code,addedAt,brand\n\
                    a,100,\"Milk, fresh\",牛奶,new| bio,1.5,007,1970-01-02,\n";
        let value = read(text.as_bytes(), Path::new("x")).unwrap();
        let expected = r#"[{"id":"a","price":100,"tags":["new","bio"],"addedAt":86400000,"title":{"en":"Milk, fresh","zh-CN":"牛奶"},"attributes":{"size":1.5,"code":"007"}}]"#;
        assert_eq!(serde_json::to_string(&value).unwrap(), expected);
    }
}
