//! `regulars play`: what happened on a device and what was asked there, again on the server.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use regulars::domain::{AlignedBytes, FromValue, Value, from_value};
use regulars::engine::{CatalogSource, Engine, EngineError, ExperimentRequest, PrivacySettings};
use regulars::rules::NativeRegex;
use regulars::snapshot::{PublicKey, is_binary};
use serde::Serialize;

use crate::input;

/// Play devices' sessions against the engine: what happened there and what was asked, call by call.
///
/// SESSIONS is a JSON list, a session an element; each begins on a device that knows nothing:
///
///     [{"now": 1767225600000, "locale": "en", "calls": [
///         {"call": "loadMember", "with": {"id": "m1"}},
///         {"call": "track", "with": {"type": "view", "item": "milk"}},
///         {"call": "quote", "with": {"lines": [{"item": "milk", "quantity": 2}]}}]}]
///
/// A call is named as in the package and takes the same argument. `feature` and `experiment` take their key as the field
/// `key` of the request. `reopen` saves the device's state, makes a new engine, and restores it. In an argument,
/// `{"$answer": 2}` stands for what the session's call number 2 (from 0) answered. Prints a line of JSON a session: a
/// list with `{"answer": ...}` or `{"error": {"code": ..., "message": ...}}` for each call.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Play {
    /// The snapshot, binary or JSON.
    catalog: PathBuf,
    /// The sessions; `-` for standard input.
    sessions: PathBuf,
    /// A public key that must have signed the snapshot; can be given more than once.
    #[arg(short, long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,
}

impl Play {
    pub fn run(&self) -> Result<()> {
        let keys = self.keys.iter().map(|path| input::public_key(path)).collect::<Result<Vec<_>>>()?;
        let bytes = input::bytes(&self.catalog)?;
        let catalog = if is_binary(&bytes) { Form::Binary(bytes) } else { Form::Json(input::json(&bytes, &self.catalog)?) };
        let sessions = input::value(&self.sessions)?;
        let sessions = sessions.as_array().with_context(|| format!("{}: must be a list of sessions", self.sessions.display()))?;
        let mut output = BufWriter::new(std::io::stdout().lock());
        for (number, session) in sessions.iter().enumerate() {
            let outcomes = Device::new(&catalog, &keys, session).and_then(|mut device| device.play(session));
            let outcomes = outcomes.with_context(|| format!("session {number}"))?;
            serde_json::to_writer(&mut output, &outcomes)?;
            output.write_all(b"\n")?;
        }
        Ok(output.flush()?)
    }
}

/// A snapshot as it was read.
enum Form {
    Binary(Vec<u8>),
    Json(Value),
}

/// What became of a call.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Answer(serde_json::Value),
    Error { code: String, message: String },
}

/// The device of a session.
struct Device<'a> {
    catalog: &'a Form,
    keys: &'a [PublicKey],
    locale: Option<&'a str>,
    clock: i64,
    engine: Engine,
}

impl<'a> Device<'a> {
    fn new(catalog: &'a Form, keys: &'a [PublicKey], session: &'a Value) -> Result<Self> {
        let locale = session.get("locale").and_then(Value::as_str);
        let clock = instant(session.get("now")).context("`now` must be milliseconds since 1970")?;
        let mut device = Device { catalog, keys, locale, clock, engine: Engine::new(1, Rc::new(NativeRegex)) };
        device.open().map_err(|error| anyhow!("{}: {error}", error.code))?;
        Ok(device)
    }

    fn open(&mut self) -> Result<(), EngineError> {
        self.engine = Engine::new(1, Rc::new(NativeRegex));
        let source = match self.catalog {
            Form::Binary(bytes) => CatalogSource::Binary(AlignedBytes::copy_of(bytes)),
            Form::Json(value) => CatalogSource::Json(value),
        };
        self.engine.load_catalog(source, self.keys, self.clock)?;
        self.engine.set_locale(self.locale);
        Ok(())
    }

    fn play(&mut self, session: &Value) -> Result<Vec<Outcome>> {
        let calls = session.get("calls").and_then(Value::as_array).context("`calls` must be a list")?;
        let mut outcomes = Vec::with_capacity(calls.len());
        for call in calls {
            let outcome = self.outcome(call, &outcomes)?;
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }

    fn outcome(&mut self, call: &Value, before: &[Outcome]) -> Result<Outcome> {
        let name = call.get("call").and_then(Value::as_str).context("a call has a name")?;
        if let Some(at) = instant(call.get("now")) {
            self.clock = at;
        }
        let with = with_answers(call.get("with").cloned().unwrap_or_default(), before)?;
        Ok(match self.call(name, with) {
            Ok(answer) => Outcome::Answer(answer?),
            Err(error) => Outcome::Error { code: error.code.into(), message: error.to_string() },
        })
    }

    /// The outer error is the engine's answer to the call; the inner one says that there is no such call.
    #[allow(clippy::unit_arg)] // a call that answers nothing answers `null`
    fn call(&mut self, name: &str, with: Value) -> Result<Result<serde_json::Value>, EngineError> {
        let clock = self.clock;
        let engine = &mut self.engine;
        Ok(match name {
            "loadMember" => json(engine.load_member(&with, clock)?),
            "track" => json(engine.track(with, clock)?),
            "setPrivacy" => json(engine.set_privacy(&asked::<PrivacySettings>(&with)?)?),
            "forgetTag" => json(engine.forget_tag(with.as_str().unwrap_or_default())),
            "observeServerTime" => json(engine.observe_server_time(instant(Some(&with)).unwrap_or_default(), clock)),
            "loadFeatures" => json(engine.load_features(&with)?),
            "reopen" => {
                let state = engine.save_state();
                self.open()?;
                json(self.engine.restore_state(&state)?)
            }
            "drainEvents" => json(engine.drain_events(count(&with))),
            "returnEvents" => json(engine.return_events(batch(&with))),
            "confirmEvents" => json(engine.confirm_events(batch(&with))),
            "eventsWaiting" => json(engine.events_waiting()),
            "tags" => json(engine.tags(clock)),
            "growth" => json(engine.growth(&asked(&with)?, clock)?),
            "nextActions" => json(engine.next_actions(&asked(&with)?, clock)?),
            "portrait" => json(engine.portrait(&asked(&with)?, clock)?),
            "transparency" => json(engine.transparency()?),
            "stores" => json(engine.stores(&asked(&with)?, clock)?),
            "fit" => json(engine.fit(&asked::<Vec<String>>(&with)?, clock)?),
            "items" => json(engine.items(&asked::<Vec<String>>(&with)?)?),
            "exportData" => json(engine.export_data(clock)),
            "recommend" => json(engine.recommend(&asked(&with)?, clock)?),
            "membership" => json(engine.membership(&asked(&with)?, clock)?),
            "offers" => json(engine.offers(&asked(&with)?, clock)?),
            "quote" => json(engine.quote(&asked(&with)?, clock)?),
            "returns" => json(engine.returns(&asked(&with)?, clock)?),
            "fairness" => json(engine.fairness(&with, clock)?),
            "feature" => {
                let key = with.get("key").and_then(Value::as_str).unwrap_or_default().to_owned();
                engine.feature(&key, &asked::<ExperimentRequest>(&with)?, clock, |result| json(result))?
            }
            "features" => engine.all_features(&asked::<ExperimentRequest>(&with)?, clock, |all| {
                let named = all.iter().map(|(key, result)| Ok(((*key).to_owned(), json(result)?)));
                named.collect::<Result<serde_json::Map<_, _>>>().map(serde_json::Value::Object)
            })?,
            "experiment" => {
                let key = with.get("key").cloned().unwrap_or_default();
                engine.experiment(&key, &asked::<ExperimentRequest>(&with)?, clock, |result| json(result))?
            }
            _ => Err(anyhow!("there is no call `{name}`")),
        })
    }
}

/// `value` with each `{"$answer": n}` replaced by what the call number `n` answered.
fn with_answers(value: Value, before: &[Outcome]) -> Result<Value> {
    Ok(match value {
        Value::Array(list) => Value::Array(list.into_iter().map(|element| with_answers(element, before)).collect::<Result<_>>()?),
        Value::Object(fields) => match fields.as_slice() {
            [(name, call @ Value::Number(_))] if name == "$answer" => match before.get(count(call)) {
                Some(Outcome::Answer(answer)) => serde_json::from_value(answer.clone())?,
                _ => bail!("call {} answered nothing", count(call)),
            },
            _ => {
                let filled = fields.into_iter().map(|(name, inner)| Ok((name, with_answers(inner, before)?)));
                Value::Object(filled.collect::<Result<_>>()?)
            }
        },
        plain => plain,
    })
}

fn asked<Q: for<'v> FromValue<'v> + Default>(with: &Value) -> Result<Q, EngineError> {
    if with.is_null() {
        return Ok(Q::default());
    }
    from_value(with).map_err(|error| EngineError::of_value("malformed-request", &error))
}

fn json(answer: impl Serialize) -> Result<serde_json::Value> {
    Ok(serde_json::to_value(answer)?)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
fn count(with: &Value) -> usize {
    with.as_f64().map_or(100, |limit| limit as usize)
}

fn batch(with: &Value) -> &str {
    with.get("id").and_then(Value::as_str).unwrap_or_default()
}

#[allow(clippy::cast_possible_truncation)] // saturates
fn instant(value: Option<&Value>) -> Option<i64> {
    value.and_then(Value::as_f64).map(|at| at as i64)
}
