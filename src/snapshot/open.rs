//! From bytes or JSON to a snapshot in use, all or nothing.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::compile;
use super::container::{Container, Header, HostCheck, NEVER, PublicKey, check};
use super::delta::Source;
use super::sections::Sections;
use super::wire::catalog::HeadWire;
use super::{Info, Part, Snapshot, SnapshotError, Warnings, columns, knowledge_columns, vector_columns};
use crate::domain::{AlignedBytes, Catalog, Reason, Value, ValueError, ValueErrorKind, from_value};
use crate::recommend::Knowledge;
use crate::rules::RegexEngine;

/// What a snapshot is opened with.
#[derive(Clone, Copy)]
pub struct OpenOptions<'a> {
    /// Makes the regular expressions of rules.
    pub regex: &'a dyn RegexEngine,
    /// Ed25519 public keys of 32 bytes, of which one must have signed. Where there is none, signatures are not checked
    /// and a warning says so.
    pub public_keys: &'a [PublicKey],
    /// The instant of opening, in milliseconds since 1970; where absent, an expired snapshot is taken.
    pub now: Option<i64>,
    /// The version in use, below which a snapshot is refused.
    pub newest_version_in_use: Option<u64>,
    /// The shop that it must be for; any where absent.
    pub expected_shop: Option<&'a str>,
    /// What the host has already checked.
    pub host_check: Option<HostCheck>,
    /// Where given, programme, offers, stores, segments and texts of a binary snapshot are compiled when they are first asked
    /// for, with these regular expressions, and what is left out of them is told of then: a list of items needs none of it.
    /// That all of it can be read is checked at once either way.
    pub later: Option<&'a Rc<dyn RegexEngine>>,
}

impl<'a> OpenOptions<'a> {
    /// Options that check nothing beyond the snapshot itself.
    pub fn new(regex: &'a dyn RegexEngine) -> Self {
        OpenOptions { regex, public_keys: &[], now: None, newest_version_in_use: None, expected_shop: None, host_check: None, later: None }
    }
}

/// Opens a binary snapshot. Its columns stay where they are in `bytes`.
///
/// Everything is checked first: header, signature, digest, frame, every column and document. What is sound in itself but
/// makes no sense (an offer with an unknown effect, an item without price) is left out with a warning.
///
/// # Errors
///
/// Any of [`SnapshotError`].
pub fn open(bytes: AlignedBytes, options: &OpenOptions<'_>) -> Result<Snapshot, SnapshotError> {
    let header = Header::read(bytes.as_slice())?;
    check(bytes.as_slice(), &header, options.public_keys, options.host_check)?;
    let bytes = Rc::new(bytes);
    let container = Container::open(bytes.clone())?;
    let source = Source::of(&bytes, header, &container);
    let head = container.document("head")?;
    let head = sound_head(from_value(&head).map_err(|error| error.in_field("head"))?)?;
    for (field, same) in [
        ("version", head.version == header.version),
        ("issued-at", head.issued_at == header.issued_at),
        ("expires-at", head.expires_at.unwrap_or(NEVER) == header.expires_at),
    ] {
        if !same {
            return Err(SnapshotError::Malformed(Part::Header(field)));
        }
    }
    acceptable(&head, options)?;
    let mut warnings = Warnings::default();
    if options.public_keys.is_empty() {
        warnings.push(Reason::new("signature-not-checked"));
    }
    let catalog = columns::read_catalog(&container, &head.locales)?;
    let knowledge = knowledge_columns::read(&container, &catalog)?;
    let knowledge = Knowledge { vectors: vector_columns::read(&container, catalog.len())?, ..knowledge };
    let mut sections = Vec::with_capacity(SECTIONS.len());
    for name in SECTIONS {
        sections.push((name.into(), container.document(name)?));
    }
    let sections = Value::Object(sections);
    let mut snapshot = made(head, catalog, knowledge, &sections, options.regex, warnings);
    snapshot.source = Some(source);
    match options.later {
        Some(regex) => snapshot.sections = Sections::later(sections, regex.clone()),
        None => snapshot.compile_all(&sections, options.regex),
    }
    Ok(snapshot)
}

/// Opens the JSON form of a snapshot.
///
/// # Errors
///
/// `malformed-json` with the path, `unsupported-format`, `unsigned-snapshot` (where keys are given: JSON is never
/// signed), `older-snapshot`, `expired-snapshot`, `wrong-shop`.
pub fn open_json(value: &Value, options: &OpenOptions<'_>) -> Result<Snapshot, SnapshotError> {
    if value.as_object().is_none() {
        return Err(ValueError::wrong_type("an object", value).into());
    }
    let head = sound_head(from_value(value)?)?;
    if !options.public_keys.is_empty() {
        return Err(SnapshotError::Unsigned);
    }
    acceptable(&head, options)?;
    let mut warnings = Warnings::default();
    warnings.push(Reason::new("signature-not-checked"));
    let items = section(value, "items");
    let catalog = compile::items::compile_items(items, &head.locales, &mut warnings).map_err(|error| error.in_field("items"))?;
    let knowledge = compile::knowledge::compile(section(value, "knowledge"), &catalog, &mut warnings);
    let vectors = compile::vectors::compile(section(value, "vectors"), &catalog, &mut warnings);
    let knowledge = Knowledge { vectors, ..knowledge };
    let mut snapshot = made(head, catalog, knowledge, value, options.regex, warnings);
    snapshot.compile_all(value, options.regex);
    Ok(snapshot)
}

/// The documents of a container that are sections of the JSON form, compiled alike from both.
pub const SECTIONS: [&str; 8] = ["programme", "offers", "stacking", "segments", "features", "texts", "content", "stores"];

/// What stands under `name` in the JSON form; null where nothing does.
pub fn section<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&Value::Null)
}

fn sound_head(head: HeadWire) -> Result<HeadWire, SnapshotError> {
    if head.format > super::wire::catalog::FORMAT {
        return Err(SnapshotError::UnsupportedFormat { found: head.format, supported: super::wire::catalog::FORMAT });
    }
    let wrong = |path| Err(ValueError::new(ValueErrorKind::OutOfRange).in_field(path).into());
    if head.format == 0 {
        return wrong("format");
    }
    if head.currency.minor_units > 4 {
        return wrong("currency.minorUnits");
    }
    let offsets = &head.zone.offsets;
    if !offsets.is_sorted_by(|one, other| one.0 < other.0) || offsets.iter().any(|(_, seconds)| seconds.unsigned_abs() > 26 * 3600) {
        return wrong("zone.offsets");
    }
    if head.locales.is_empty() {
        return wrong("locales");
    }
    Ok(head)
}

fn acceptable(head: &HeadWire, options: &OpenOptions<'_>) -> Result<(), SnapshotError> {
    if options.expected_shop.is_some_and(|shop| shop != head.shop) {
        return Err(SnapshotError::WrongShop { found: head.shop.clone() });
    }
    match options.newest_version_in_use {
        Some(in_use) if head.version < in_use => return Err(SnapshotError::Older { found: head.version, in_use }),
        _ => {}
    }
    match (head.expires_at, options.now) {
        (Some(at), Some(now)) if at <= now => Err(SnapshotError::Expired { at }),
        _ => Ok(()),
    }
}

/// A snapshot of which what lists of items need is compiled.
fn made(
    head: HeadWire,
    catalog: Catalog,
    knowledge: Knowledge,
    sections: &Value,
    regex: &dyn RegexEngine,
    mut warnings: Warnings,
) -> Snapshot {
    let info = Info::of(head);
    if !info.zone.name.is_empty() && info.zone.name != "UTC" && info.zone.offsets.is_empty() {
        warnings.push(Reason::new("zone-without-offsets").with("zone", info.zone.name.as_str()));
    }
    let programme = section(sections, "programme");
    let weights = programme.get("weights").map_or(knowledge.weights, |changes| knowledge.weights.changed(changes));
    let mut snapshot = Snapshot {
        info,
        catalog: Rc::new(catalog),
        knowledge,
        weights,
        list_attributes: crate::rules::AttributeTable::default(),
        merchandising: Vec::new(),
        has_fit: programme.get("fit").is_some_and(|rules| !rules.is_null()),
        published: from_value(programme.get("publishedFeatures").unwrap_or(&Value::Null)).unwrap_or_default(),
        features: Rc::new(section(sections, "features").clone()),
        content: section(sections, "content").clone(),
        sections: Sections::default(),
        source: None,
    };
    let (merchandising, list_attributes, warnings) = snapshot.compiled(sections, regex, warnings, |sections, context| {
        compile::programme::merchandising(section(sections, "programme"), context)
    });
    (snapshot.merchandising, snapshot.list_attributes) = (merchandising, list_attributes);
    snapshot.info.warnings = warnings.into_reasons();
    snapshot
}
