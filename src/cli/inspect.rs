//! `regulars inspect`

use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Result, anyhow};
use clap::Args;
use regulars::domain::{AlignedBytes, Fact, Reason};
use regulars::rules::NativeRegex;
use regulars::snapshot::container::{Container, Header};
use regulars::snapshot::{OpenOptions, Snapshot, is_binary};
use serde_json::{Value, json};

use crate::clock::written;
use crate::input;

/// Show what is in a snapshot: header, counts, the size of every column and document, warnings.
///
/// Opens it as a device does, without asking for a signature or whether it has expired; `regulars verify` asks.
#[derive(Args)]
pub struct Inspect {
    /// The snapshot, binary or JSON.
    snapshot: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub fn run(&self) -> Result<()> {
        let (snapshot, bytes) = input::snapshot(&self.snapshot, &OpenOptions::new(&NativeRegex))?;
        let mut report = report(&snapshot, bytes.len());
        if is_binary(&bytes) {
            let refused = |error: regulars::snapshot::SnapshotError| anyhow!("{}: {error}", self.snapshot.display());
            let header = Header::read(&bytes).map_err(refused)?;
            report["digest"] = input::hex(&header.digest).into();
            report["keyId"] = if header.is_signed() { input::hex(&header.key_id).into() } else { Value::Null };
            let container = Container::open(Rc::new(AlignedBytes::copy_of(&bytes))).map_err(refused)?;
            report["columns"] = container
                .columns()
                .iter()
                .map(|column| json!({ "name": column.name, "kind": column.kind, "bytes": column.length }))
                .collect();
            report["documents"] =
                container.documents().iter().map(|document| json!({ "name": document.name, "bytes": document.length })).collect();
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print!("{}", text(&snapshot, &report));
        }
        Ok(())
    }
}

fn report(snapshot: &Snapshot, bytes: usize) -> Value {
    let info = &snapshot.info;
    let warnings: Vec<&Reason> = info.warnings.iter().filter(|warning| warning.code != "signature-not-checked").collect();
    json!({
        "id": info.id,
        "shop": info.shop,
        "version": info.version,
        "issuedAt": info.issued_at,
        "expiresAt": info.expires_at,
        "currency": info.currency,
        "zone": { "name": info.zone.name, "offsets": info.zone.offsets.len() },
        "locales": info.locales,
        "bytes": bytes,
        "items": snapshot.catalog.len(),
        "terms": snapshot.catalog.terms.0.len(),
        "segments": snapshot.segments().names().count(),
        "texts": snapshot.texts().locales().collect::<Vec<_>>(),
        "warnings": warnings,
    })
}

fn text(snapshot: &Snapshot, report: &Value) -> String {
    let info = &snapshot.info;
    let mut lines = vec![
        format!("{} version {} for `{}`", info.id, info.version, info.shop),
        format!("  made     {}", written(info.issued_at)),
        format!("  ends     {}", info.expires_at.map_or_else(|| "never".into(), written)),
        format!("  money    {} with {} decimals", info.currency.code, info.currency.minor_units),
        format!("  clock    {} ({} offsets)", if info.zone.name.is_empty() { "UTC" } else { &info.zone.name }, info.zone.offsets.len()),
        format!("  locales  {}", info.locales.join(", ")),
        format!("  holds    {} items, {} terms, {} segments", report["items"], report["terms"], report["segments"]),
        format!("  bytes    {}", grouped(report["bytes"].as_u64().unwrap_or_default())),
    ];
    if let Some(digest) = report["digest"].as_str() {
        lines.push(format!("  sha-256  {digest}"));
        lines.push(format!("  signed   {}", report["keyId"].as_str().map_or_else(|| "no".into(), |id| format!("by the key {id}"))));
    }
    for (section, kind) in [("columns", "kind"), ("documents", "cbor")] {
        let Some(parts) = report[section].as_array() else { continue };
        lines.push(format!("\n{section}"));
        for part in parts {
            let bytes = grouped(part["bytes"].as_u64().unwrap_or_default());
            lines.push(format!("  {bytes:>12}  {:4} {}", part[kind].as_str().unwrap_or(kind), part["name"].as_str().unwrap_or_default()));
        }
    }
    let warnings: Vec<&Reason> = info.warnings.iter().filter(|warning| warning.code != "signature-not-checked").collect();
    if !warnings.is_empty() {
        lines.push("\nwarnings".into());
        lines.extend(warnings.into_iter().map(|warning| format!("  {}", line(warning))));
    }
    lines.join("\n") + "\n"
}

/// A warning in a line: `offer-disabled: offer spring: [3].effects[0].kind must be ...`.
pub fn line(warning: &Reason) -> String {
    let text = |fact: &Fact| match fact {
        Fact::Null => String::new(),
        Fact::Bool(flag) => flag.to_string(),
        Fact::Integer(count) => count.to_string(),
        Fact::Number(number) => number.to_string(),
        Fact::Text(text) => text.clone(),
    };
    let mut line = format!("{}:", warning.code);
    for (name, fact) in &warning.facts {
        let fact = text(fact);
        match *name {
            "path" | "message" => line = format!("{line} {fact}"),
            _ => line = format!("{line} {name} {fact}:"),
        }
    }
    line.trim_end_matches(':').to_owned()
}

/// 12345 as `12,345`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_warning_reads_as_a_line() {
        let warning = Reason::new("offer-disabled").with("offer", "spring").with("path", "[3].id").with("message", "is missing");
        assert_eq!(line(&warning), "offer-disabled: offer spring: [3].id is missing");
        assert_eq!(line(&Reason::new("item-duplicate").with("item", "a")), "item-duplicate: item a");
    }
}
