//! `regulars pack`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use regulars::domain::{AlignedBytes, Value};
use regulars::rules::NativeRegex;
use regulars::snapshot::wire::vectors::VectorsWire;
use regulars::snapshot::{OpenOptions, Snapshot, open, pack_with_vectors};

use crate::inspect::line;
use crate::{clock, input, items_csv, vectors, zone};

/// Check a catalog and pack it into one signed snapshot that devices read in place.
///
/// Everything comes from CATALOG, the JSON form (`regulars schema catalog` describes it), from the options, or from both:
/// an option replaces what CATALOG says. Whatever is wrong with a single item, offer or segment is told as a warning and
/// left out by devices; what would make devices refuse the whole snapshot is an error and nothing is written.
///
///     regulars keygen -o shop
///     regulars pack --train trained --programme programme.json --offers offers.json \
///         --shop corner --currency CNY --zone Asia/Shanghai --locale zh-CN --locale en \
///         --days 30 --key shop.key -o corner.rgl --json corner.json
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Pack {
    /// The JSON form of a snapshot, whole or in part.
    catalog: Option<PathBuf>,

    /// Items: a JSON list, or CSV whose first row names the columns (id, price, title, title.<locale>, tags, attributes.<name>, ...).
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    items: Option<PathBuf>,
    /// What was learned from baskets, CBOR or JSON.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    knowledge: Option<PathBuf>,
    /// Vectors of items from a model of your own: CSV rows of an id and its numbers, or JSON.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    vectors: Option<PathBuf>,
    /// What `regulars train -o DIR` wrote: DIR/items.json and DIR/knowledge.cbor, unless given by their own options.
    #[arg(long = "train", value_name = "DIR", help_heading = "Sections")]
    trained: Option<PathBuf>,
    /// What `regulars rank-offers` wrote: by which offers a member sees first.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    offer_ranker: Option<PathBuf>,
    /// The membership programme.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    programme: Option<PathBuf>,
    /// Offers, a list.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    offers: Option<PathBuf>,
    /// How offers go together.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    stacking: Option<PathBuf>,
    /// Segments of members, a list.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    segments: Option<PathBuf>,
    /// A GrowthBook payload.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    features: Option<PathBuf>,
    /// Stores, a list: where they are, when they are open, what they have.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    stores: Option<PathBuf>,
    /// Templates of texts, {locale: {code: template}}; given more than once, later ones add to earlier ones.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    texts: Vec<PathBuf>,
    /// Articles, videos, activities to recommend: a list like `--items`, without prices; they become items with the
    /// attribute `content`.
    #[arg(long, value_name = "FILE", help_heading = "Sections")]
    content: Option<PathBuf>,

    /// Names the snapshot; `<shop>-<version>` by default.
    #[arg(long, help_heading = "Head")]
    id: Option<String>,
    /// The shop it is for.
    #[arg(long, help_heading = "Head")]
    shop: Option<String>,
    /// Must rise with each snapshot of a shop; the milliseconds of `--issued-at` by default.
    #[arg(long, help_heading = "Head")]
    version: Option<u64>,
    /// When it is made; now by default.
    #[arg(long, value_name = "INSTANT", value_parser = clock::instant, help_heading = "Head")]
    issued_at: Option<i64>,
    /// When devices stop taking it.
    #[arg(long, value_name = "INSTANT", value_parser = clock::instant, help_heading = "Head")]
    expires_at: Option<i64>,
    /// The same, as days after it is made.
    #[arg(long, value_name = "DAYS", conflicts_with = "expires_at", help_heading = "Head")]
    days: Option<u32>,
    /// The currency, ISO 4217, with the decimals of its minor unit where they are not 2: `CNY`, `JPY:0`.
    #[arg(long, value_name = "CODE[:DECIMALS]", help_heading = "Head")]
    currency: Option<String>,
    /// The shop's IANA time zone; its changes of the clock are written into the snapshot.
    #[arg(long, help_heading = "Head")]
    zone: Option<String>,
    /// A struck-through price must have been the lowest of so many days before the reduction: 7 in China, 30 in the EU.
    #[arg(long, value_name = "DAYS", help_heading = "Head")]
    base_price_days: Option<u32>,
    /// A locale of titles and texts, the one to fall back to first.
    #[arg(long = "locale", value_name = "LOCALE", help_heading = "Head")]
    locales: Vec<String>,

    /// Where the binary snapshot goes.
    #[arg(short, long, value_name = "FILE", required_unless_present_any = ["json", "check"])]
    output: Option<PathBuf>,
    /// Where the same as JSON goes.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The private key that signs.
    #[arg(short, long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Only check; write nothing.
    #[arg(long, conflicts_with_all = ["output", "json"])]
    check: bool,
    /// Take warnings for errors.
    #[arg(long)]
    strict: bool,
}

/// The JSON form with vectors from a file of their own, which are too many to be values.
#[derive(serde::Serialize)]
struct WithVectors<'a> {
    #[serde(flatten)]
    value: &'a Value,
    vectors: &'a VectorsWire,
}

/// Texts of the engine's own reasons; a shop's own come over them.
const SHIPPED_TEXTS: [(&str, &str); 2] = [("en", include_str!("texts/en.json")), ("zh-CN", include_str!("texts/zh-CN.json"))];

impl Pack {
    pub fn run(&self) -> Result<()> {
        let value = self.assembled()?;
        let key = self.key.as_deref().map(input::private_key).transpose()?;
        let vectors = self.vectors.as_deref().map(vectors::read).transpose()?;
        let (bytes, snapshot) =
            pack_with_vectors(&value, vectors.as_ref(), &NativeRegex, key.as_ref()).map_err(|error| self.refused(&error))?;
        self.as_devices_do(&bytes, key.as_ref())?;
        let mut warnings: Vec<String> =
            snapshot.info.warnings.iter().filter(|warning| warning.code != "signature-not-checked").map(line).collect();
        warnings.extend(lint(&value, &snapshot));
        for warning in &warnings {
            eprintln!("warning: {warning}");
        }
        if self.strict && !warnings.is_empty() {
            bail!("{} warnings; nothing is written", warnings.len());
        }
        if let Some(path) = &self.output {
            write(path, &bytes)?;
            let signed = if key.is_some() { "signed" } else { "not signed" };
            println!(
                "{}: {} items, {} bytes, version {}, {signed}",
                path.display(),
                snapshot.catalog.len(),
                bytes.len(),
                snapshot.info.version
            );
        }
        if let Some(path) = &self.json {
            let text = match &vectors {
                Some(vectors) => serde_json::to_vec(&WithVectors { value: &value, vectors })?,
                None => serde_json::to_vec(&value)?,
            };
            write(path, &text)?;
            println!("{}: {} bytes", path.display(), text.len());
        }
        Ok(())
    }

    /// The whole JSON form, with the head complete.
    fn assembled(&self) -> Result<Value> {
        let mut whole = Whole(match &self.catalog {
            Some(path) => match input::value(path)? {
                Value::Object(entries) => entries,
                _ => bail!("{}: must be an object", path.display()),
            },
            None => Vec::new(),
        });
        self.head(&mut whole)?;
        let trained = |name: &str| self.trained.as_ref().map(|directory| directory.join(name)).filter(|path| path.exists());
        if let Some(directory) = self.trained.as_ref().filter(|_| trained("items.json").is_none() && trained("knowledge.cbor").is_none()) {
            bail!("{}: holds neither items.json nor knowledge.cbor", directory.display());
        }
        for (name, path) in [
            ("items", self.items.clone().or_else(|| trained("items.json"))),
            ("knowledge", self.knowledge.clone().or_else(|| trained("knowledge.cbor"))),
            ("programme", self.programme.clone()),
            ("offers", self.offers.clone()),
            ("stacking", self.stacking.clone()),
            ("segments", self.segments.clone()),
            ("features", self.features.clone()),
            ("stores", self.stores.clone()),
        ] {
            let Some(path) = path else { continue };
            let value = if name == "items" && path.extension().is_some_and(|extension| extension == "csv") {
                items_csv::read(&input::bytes(&path)?, &path)?
            } else {
                input::value(&path)?
            };
            whole.set(name, value);
        }
        if let Some(path) = &self.offer_ranker {
            whole.add_offer_ranker(&input::bytes(path)?).with_context(|| path.display().to_string())?;
        }
        if let Some(path) = &self.content {
            whole.add_content(input::value(path)?).with_context(|| path.display().to_string())?;
        }
        let own = whole.get("texts").cloned();
        whole.set("texts", Value::Object(Vec::new()));
        for (locale, texts) in SHIPPED_TEXTS {
            whole.add_texts(vec![(locale.into(), serde_json::from_str(texts)?)]);
        }
        match own {
            Some(Value::Object(locales)) => whole.add_texts(locales),
            Some(other) => whole.set("texts", other),
            None => {}
        }
        for path in &self.texts {
            let Value::Object(locales) = input::value(path)? else { bail!("{}: must be an object", path.display()) };
            whole.add_texts(locales);
        }
        Ok(Value::Object(whole.0))
    }

    #[allow(clippy::cast_precision_loss)] // instants and versions are checked to be below 2^53 when the snapshot is opened
    fn head(&self, whole: &mut Whole) -> Result<()> {
        whole.default("format", || 1.0.into());
        whole.replace("shop", self.shop.as_deref().map(Value::from));
        whole.default("shop", || "".into());
        whole.replace("issuedAt", self.issued_at.map(|at| Value::Number(at as f64)));
        whole.default("issuedAt", || Value::Number(clock::now() as f64));
        let issued_at = whole.number("issuedAt").unwrap_or_default();
        whole.replace("version", self.version.map(|version| Value::Number(version as f64)));
        whole.default("version", || Value::Number(issued_at.max(0.0)));
        whole.replace("expiresAt", self.expires_at.map(|at| Value::Number(at as f64)));
        whole.replace("expiresAt", self.days.map(|days| Value::Number(issued_at + f64::from(days) * regulars::domain::DAY as f64)));
        whole.replace("id", self.id.as_deref().map(Value::from));
        let named = format!("{}-{}", whole.text("shop").unwrap_or_default(), whole.number("version").unwrap_or_default());
        whole.default("id", || named.trim_start_matches('-').into());
        if let Some(currency) = &self.currency {
            let (code, decimals) = currency.split_once(':').unwrap_or((currency, "2"));
            let decimals: u8 = decimals
                .parse()
                .ok()
                .filter(|decimals| *decimals <= 4)
                .with_context(|| format!("--currency {currency}: decimals are 0 to 4"))?;
            whole.set("currency", Value::Object(vec![("code".into(), code.into()), ("minorUnits".into(), f64::from(decimals).into())]));
        }
        if whole.get("currency").is_none() {
            bail!("the currency is missing: give --currency, or `currency` in CATALOG");
        }
        if !self.locales.is_empty() {
            whole.set("locales", Value::Array(self.locales.iter().map(|locale| locale.as_str().into()).collect()));
        }
        whole.replace("zone", self.zone.as_deref().map(|name| Value::Object(vec![("name".into(), name.into())])));
        whole.replace("basePriceDays", self.base_price_days.map(|days| f64::from(days).into()));
        self.clock_changes(whole, issued_at as i64)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn clock_changes(&self, whole: &mut Whole, issued_at: i64) -> Result<()> {
        let zone = whole.get("zone").cloned().unwrap_or_default();
        let Some(name) = zone.get("name").and_then(Value::as_str) else { return Ok(()) };
        if zone.get("offsets").and_then(Value::as_array).is_some_and(|offsets| !offsets.is_empty()) {
            return Ok(());
        }
        let offsets = zone::offsets(name, issued_at, whole.number("expiresAt").map(|at| at as i64))?;
        let offsets =
            offsets.iter().map(|(from, seconds)| Value::Array(vec![Value::Number(*from as f64), f64::from(*seconds).into()])).collect();
        whole.set("zone", Value::Object(vec![("name".into(), name.into()), ("offsets".into(), Value::Array(offsets))]));
        Ok(())
    }

    /// Opens what was packed as a device will.
    fn as_devices_do(&self, bytes: &[u8], key: Option<&ed25519_dalek::SigningKey>) -> Result<Snapshot> {
        let keys: Vec<Vec<u8>> = key.map(|key| key.verifying_key().to_bytes().to_vec()).into_iter().collect();
        let now = self.issued_at.unwrap_or_else(clock::now);
        let options = OpenOptions { public_keys: &keys, now: Some(now), ..OpenOptions::new(&NativeRegex) };
        open(AlignedBytes::copy_of(bytes), &options).map_err(|error| self.refused(&error))
    }

    fn refused(&self, error: &regulars::snapshot::SnapshotError) -> anyhow::Error {
        let section = error.path().and_then(|path| path.split(['.', '[']).next()).unwrap_or_default();
        let file = match section {
            "items" => self.items.as_ref().or(self.trained.as_ref()),
            _ => None,
        };
        match file.or(self.catalog.as_ref()) {
            Some(path) => anyhow!("{}: {}: {error}", path.display(), error.code()),
            None => anyhow!("{}: {error}", error.code()),
        }
    }
}

/// The fields of the JSON form.
struct Whole(Vec<(String, Value)>);

impl Whole {
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(known, value)| known == name && !value.is_null()).map(|(_, value)| value)
    }

    /// Puts trees for offers into what was learned.
    fn add_offer_ranker(&mut self, bytes: &[u8]) -> Result<()> {
        let trees = Value::Array(bytes.iter().map(|byte| Value::Number(f64::from(*byte))).collect());
        let mut knowledge = match self.get("knowledge").cloned() {
            Some(Value::Object(entries)) => Whole(entries),
            None => Whole(vec![("format".into(), 1.0.into())]),
            Some(_) => bail!("knowledge is no object"),
        };
        let mut ranker = match knowledge.get("ranker").cloned() {
            Some(Value::Object(entries)) => Whole(entries),
            _ => Whole(Vec::new()),
        };
        ranker.set("offers", trees);
        knowledge.set("ranker", Value::Object(ranker.0));
        self.set("knowledge", Value::Object(knowledge.0));
        Ok(())
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name).and_then(Value::as_f64)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    fn set(&mut self, name: &str, value: Value) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.into(), value));
    }

    fn replace(&mut self, name: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    fn default(&mut self, name: &str, value: impl FnOnce() -> Value) {
        if self.get(name).is_none() {
            self.set(name, value());
        }
    }

    /// Puts `content` beside the items, marked as what it is.
    fn add_content(&mut self, content: Value) -> Result<()> {
        let Value::Array(entries) = content else { bail!("must be a list") };
        let mut items = self.get("items").and_then(Value::as_array).unwrap_or_default().to_vec();
        for entry in entries {
            let Value::Object(fields) = entry else { bail!("holds something that is no object") };
            let mut item = Whole(fields);
            item.default("price", || 0.0.into());
            let mut attributes = Whole(item.get("attributes").and_then(Value::as_object).unwrap_or_default().to_vec());
            attributes.set("content", Value::Bool(true));
            item.set("attributes", Value::Object(attributes.0));
            items.push(Value::Object(item.0));
        }
        self.set("items", Value::Array(items));
        Ok(())
    }

    fn add_texts(&mut self, locales: Vec<(String, Value)>) {
        let mut texts = Whole(self.get("texts").and_then(Value::as_object).unwrap_or_default().to_vec());
        for (locale, templates) in locales {
            let mut known = Whole(texts.get(&locale).and_then(Value::as_object).unwrap_or_default().to_vec());
            match templates {
                Value::Object(templates) => {
                    templates.into_iter().for_each(|(code, template)| known.set(&code, template));
                    texts.set(&locale, Value::Object(known.0));
                }
                other => texts.set(&locale, other),
            }
        }
        self.set("texts", Value::Object(texts.0));
    }
}

/// What devices take without a word, though it is hardly meant.
fn lint(value: &Value, snapshot: &Snapshot) -> Vec<String> {
    let mut told = Vec::new();
    let code = &snapshot.info.currency.code;
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        told.push(format!("currency.code: `{code}` is no code of ISO 4217"));
    }
    if snapshot.info.expires_at.is_some_and(|at| at <= snapshot.info.issued_at) {
        told.push("expiresAt: is not after issuedAt".into());
    }
    if snapshot.catalog.is_empty() && value.get("items").is_some() {
        told.push("items: there is none".into());
    }
    let items = &snapshot.catalog.items;
    for (locale, titles) in &items.titles {
        let missing = titles.iter().filter(|title| title.is_empty()).count();
        if missing > 0 {
            told.push(format!("items: {missing} have no title for {locale}"));
        }
    }
    let sold = value.get("items").and_then(Value::as_array).unwrap_or_default().iter().filter(|item| !is_content(item));
    let free = sold.filter(|item| item.get("price").and_then(Value::as_f64) == Some(0.0)).count();
    if free > 0 {
        told.push(format!("items: {free} have the price 0"));
    }
    for locale in snapshot.texts().locales().filter(|locale| !snapshot.info.locales.iter().any(|known| known == locale)) {
        told.push(format!("texts.{locale}: is not among the locales"));
    }
    told
}

fn is_content(item: &Value) -> bool {
    item.get("attributes").and_then(|attributes| attributes.get("content")).and_then(Value::as_bool) == Some(true)
}

/// Writes beside the file, then moves it there: readers see the old file or the new one, never a part.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    fs::write(&part, bytes).and_then(|()| fs::rename(&part, path)).with_context(|| path.display().to_string())
}
