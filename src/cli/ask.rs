//! `regulars recommend`, `offers`, `quote`, `returns`, `fairness`, `membership`: the device's engine, asked on the server.

use std::cell::Cell;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use regulars::domain::{AlignedBytes, FromValue, Value, from_value};
use regulars::engine::{CatalogSource, Engine, EngineError, PrivacySettings};
use regulars::rules::NativeRegex;
use regulars::snapshot::is_binary;
use serde::Serialize;

use crate::{clock, input};

/// What every question is asked with.
#[derive(Args)]
pub struct Asker {
    /// The snapshot, binary or JSON.
    catalog: PathBuf,
    /// A member's profile, or a folder of them; can be given more than once. Nobody where absent.
    #[arg(short, long = "member", value_name = "FILE|DIR")]
    members: Vec<PathBuf>,
    /// A public key that must have signed the snapshot; can be given more than once.
    #[arg(short, long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,
    /// The instant of the answer; the clock's by default.
    #[arg(long, value_name = "INSTANT", value_parser = clock::instant)]
    now: Option<i64>,
    /// The locale of texts with the reasons, such as `en`; without, reasons have codes and facts only.
    #[arg(long)]
    locale: Option<String>,
    /// Answer as for somebody who switched personalisation off.
    #[arg(long)]
    neutral: bool,
    /// The request as the package takes it: JSON text, a file of it, or `-` for standard input.
    #[arg(short, long, value_name = "JSON|FILE")]
    request: Option<String>,
}

/// One line of the output.
#[derive(Serialize)]
struct Line<'a, A> {
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'a str>,
    answer: A,
}

impl Asker {
    /// Asks `question` for each member, and prints a line of JSON an answer: `{"member": id, "answer": ...}`.
    pub fn ask<Q, A>(&self, with: &[(&str, Option<Value>)], question: impl Fn(&mut Engine, &Q, i64) -> Result<A, EngineError>) -> Result<()>
    where
        Q: for<'v> FromValue<'v>,
        A: Serialize,
    {
        let request: Q = from_value(&self.asked(with)?).map_err(|error| anyhow!("request: {error}"))?;
        let now = self.now.unwrap_or_else(clock::now);
        let mut engine = self.engine(now)?;
        let mut output = BufWriter::new(std::io::stdout().lock());
        let members = self.member_files()?;
        for path in &members {
            let profile = input::value(path)?;
            let info = engine.load_member(&profile, now).map_err(|error| told(&error).context(path.display().to_string()))?;
            if self.neutral {
                self.switch_off(&mut engine)?;
            }
            let answer = question(&mut engine, &request, now).map_err(|error| told(&error))?;
            serde_json::to_writer(&mut output, &Line { member: Some(&info.id), answer })?;
            output.write_all(b"\n")?;
        }
        if members.is_empty() {
            let answer = question(&mut engine, &request, now).map_err(|error| told(&error))?;
            serde_json::to_writer(&mut output, &Line { member: None, answer })?;
            output.write_all(b"\n")?;
        }
        Ok(output.flush()?)
    }

    fn engine(&self, now: i64) -> Result<Engine> {
        let mut engine = Engine::new(0, Rc::new(NativeRegex));
        let keys = self.keys.iter().map(|path| input::public_key(path)).collect::<Result<Vec<_>>>()?;
        let bytes = input::bytes(&self.catalog)?;
        let value;
        let source = if is_binary(&bytes) {
            CatalogSource::Binary(AlignedBytes::copy_of(&bytes))
        } else {
            value = input::json(&bytes, &self.catalog)?;
            CatalogSource::Json(&value)
        };
        engine.load_catalog(source, &keys, now).map_err(|error| told(&error).context(self.catalog.display().to_string()))?;
        engine.set_locale(self.locale.as_deref());
        Ok(engine)
    }

    fn switch_off(&self, engine: &mut Engine) -> Result<()> {
        let settings = PrivacySettings { personalised: Some(false), ..PrivacySettings::default() };
        engine.set_privacy(&settings).map_err(|error| told(&error))
    }

    /// The request given, with `fields` set where they are given too.
    fn asked(&self, fields: &[(&str, Option<Value>)]) -> Result<Value> {
        let given = match self.request.as_deref() {
            None => Value::Object(Vec::new()),
            Some(text) if text.trim_start().starts_with('{') => input::json(text.as_bytes(), "--request".as_ref())?,
            Some(path) => input::value(path.as_ref())?,
        };
        let Value::Object(mut entries) = given else { bail!("request: must be an object") };
        for (name, value) in fields {
            if let Some(value) = value {
                entries.retain(|(known, _)| known != name);
                entries.push(((*name).into(), value.clone()));
            }
        }
        Ok(Value::Object(entries))
    }

    /// The profiles: files as given, folders' `*.json` by name, without an `index.json`.
    fn member_files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for path in &self.members {
            if !path.is_dir() {
                files.push(path.clone());
                continue;
            }
            let entries = fs::read_dir(path).with_context(|| path.display().to_string())?;
            let mut inside = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
            inside.retain(|path| {
                path.extension().is_some_and(|kind| kind == "json") && path.file_name().is_some_and(|name| name != "index.json")
            });
            inside.sort();
            files.append(&mut inside);
        }
        Ok(files)
    }
}

fn told(error: &EngineError) -> anyhow::Error {
    anyhow!("{}: {error}", error.code)
}

/// Recommend items, as a device does.
///
///     regulars recommend corner.rgl --member members/ --strategy next-basket --limit 10 --locale en
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Recommend {
    #[command(flatten)]
    asker: Asker,
    /// `for-you`, `next-basket`, `buy-again`, `discover`, `bought-together`, `similar`, `trending`, `new-arrivals`.
    #[arg(short, long)]
    strategy: Option<String>,
    /// Items wanted at most.
    #[arg(short, long)]
    limit: Option<u32>,
    /// The item that `bought-together` and `similar` are about.
    #[arg(long)]
    item: Option<String>,
}

impl Recommend {
    pub fn run(&self) -> Result<()> {
        let fields = [
            ("strategy", self.strategy.as_deref().map(Value::from)),
            ("limit", self.limit.map(|limit| Value::Number(limit.into()))),
            ("item", self.item.as_deref().map(Value::from)),
        ];
        self.asker.ask(&fields, |engine, request, now| engine.recommend(request, now))
    }
}

/// Tell where each offer stands for a member: eligible, nearly, upcoming, used, ... and why.
///
///     regulars offers corner.rgl --member m1.json --request '{"cart": [{"item": "milk", "quantity": 2}]}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Offers {
    #[command(flatten)]
    asker: Asker,
    /// Codes the shopper gave.
    #[arg(long = "code", value_name = "CODE")]
    codes: Vec<String>,
    /// Offers wanted at most.
    #[arg(short, long)]
    limit: Option<u32>,
}

impl Offers {
    pub fn run(&self) -> Result<()> {
        let fields = [("codes", texts(&self.codes)), ("limit", self.limit.map(|limit| Value::Number(limit.into())))];
        self.asker.ask(&fields, |engine, request, now| engine.offers(request, now))
    }
}

/// Price a cart with the offers that apply: what the server confirms before it charges.
///
///     regulars quote corner.rgl --member m1.json --request '{"lines": [{"item": "milk", "quantity": 2}]}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Quote {
    #[command(flatten)]
    asker: Asker,
    /// Codes the shopper gave.
    #[arg(long = "code", value_name = "CODE")]
    codes: Vec<String>,
}

impl Quote {
    pub fn run(&self) -> Result<()> {
        self.asker.ask(&[("codes", texts(&self.codes))], |engine, request, now| engine.quote(request, now))
    }
}

/// Tell what giving back a part of an order comes to: money, points, and what is left of it.
///
///     regulars returns corner.rgl --request '{"order": <a quote>, "lines": [{"line": 0, "quantity": 1}]}'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Returns {
    #[command(flatten)]
    asker: Asker,
}

impl Returns {
    pub fn run(&self) -> Result<()> {
        self.asker.ask(&[], |engine, request, now| engine.returns(request, now))
    }
}

/// Check that the same cart costs the same under other traits that nobody declared; name the published offer and the
/// attribute that make each difference. Ends with a failure where there is one.
///
///     regulars fairness corner.rgl --member m1.json --request '{"lines": [{"item": "milk", "quantity": 2}]}' \\
///         --vary '[{"age": 20}, {"age": 70, "tags": ["vip"]}]'
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Fairness {
    #[command(flatten)]
    asker: Asker,
    /// Traits to try in the place of the member's: a JSON list of objects, or a file of it.
    #[arg(long, value_name = "JSON|FILE")]
    vary: Option<String>,
}

impl Fairness {
    pub fn run(&self) -> Result<()> {
        let vary = match self.vary.as_deref() {
            None => None,
            Some(text) if text.trim_start().starts_with('[') => Some(input::json(text.as_bytes(), "--vary".as_ref())?),
            Some(path) => Some(input::value(path.as_ref())?),
        };
        let unequal = Cell::new(false);
        self.asker.ask(&[("vary", vary)], |engine, request: &Value, now| {
            let answer = engine.fairness(request, now)?;
            unequal.set(unequal.get() || !answer.equal);
            Ok(answer)
        })?;
        if unequal.get() { bail!("traits that nobody declared change the price") } else { Ok(()) }
    }
}

/// Texts as a list; nothing where there are none, so that the request's own stay.
fn texts(texts: &[String]) -> Option<Value> {
    (!texts.is_empty()).then(|| Value::Array(texts.iter().map(|text| text.as_str().into()).collect()))
}

/// Tell a member's tier and why, what is missing to rise and to keep it, points, and what is ahead.
///
///     regulars membership corner.rgl --member m1.json --request '{"horizonDays": 180}' --locale en
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Membership {
    #[command(flatten)]
    asker: Asker,
}

impl Membership {
    pub fn run(&self) -> Result<()> {
        self.asker.ask(&[], |engine, request, now| engine.membership(request, now))
    }
}

/// Tell what there is to do, to win and to have for points: tasks, draws with their odds, rewards, what earns points.
///
///     regulars growth corner.rgl --member m1.json --locale en
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Growth {
    #[command(flatten)]
    asker: Asker,
}

impl Growth {
    pub fn run(&self) -> Result<()> {
        self.asker.ask(&[], |engine, request, now| engine.growth(request, now))
    }
}

/// Tell what to say next to a member on a surface, under caps and quiet hours; with `"explain": true` what is held back, and why.
///
///     regulars next-actions corner.rgl --member members/ --surface push --limit 1 --locale en
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct NextActions {
    #[command(flatten)]
    asker: Asker,
    /// Where it will be shown: `home`, `push`, ...
    #[arg(short, long)]
    surface: Option<String>,
    /// Messages wanted at most.
    #[arg(short, long)]
    limit: Option<u32>,
}

impl NextActions {
    pub fn run(&self) -> Result<()> {
        let fields =
            [("surface", self.surface.as_deref().map(Value::from)), ("limit", self.limit.map(|limit| Value::Number(limit.into())))];
        self.asker.ask(&fields, |engine, request, now| engine.next_actions(request, now))
    }
}
