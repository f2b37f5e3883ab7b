//! `regulars schema`

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use regulars::domain::Member;
use regulars::engine::{
    ExperimentRequest, GrowthRequest, MembershipRequest, NextActionsRequest, OffersRequest, PortraitRequest, ProfileHead, QuoteRequest,
    RecommendRequest,
};
use regulars::snapshot::wire::whole::CatalogWire;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema as JsonSchemaDocument};

/// Print the JSON Schema (draft 2020-12) of what comes in: the catalog, a member's profile, requests.
#[derive(Args)]
pub struct Schema {
    /// Of what.
    #[arg(required_unless_present = "all")]
    of: Option<Form>,
    /// Write all of them into a directory instead, as <NAME>.schema.json.
    #[arg(long, value_name = "DIR", conflicts_with = "of")]
    all: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// The JSON form of a snapshot.
    Catalog,
    /// A member's profile.
    Member,
    /// What `recommend` is asked.
    RecommendRequest,
    /// What `offers` is asked.
    OffersRequest,
    /// What `quote` is asked.
    QuoteRequest,
    /// What `membership` is asked.
    MembershipRequest,
    /// What `growth` is asked.
    GrowthRequest,
    /// What `nextActions` is asked.
    NextActionsRequest,
    /// What `portrait` is asked.
    PortraitRequest,
    /// What `feature` and `experiment` are asked.
    ExperimentRequest,
}

/// A member's profile: its head and the member's own fields in one object.
#[derive(JsonSchema)]
#[allow(dead_code)] // only its schema is used
struct ProfileWire {
    #[serde(flatten)]
    head: ProfileHead,
    #[serde(flatten)]
    member: Member,
}

impl Form {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn text(self) -> Result<String> {
        let schema = match self {
            Form::Catalog => of::<CatalogWire<'_>>("Catalog"),
            Form::Member => of::<ProfileWire>("Member profile"),
            Form::RecommendRequest => of::<RecommendRequest>("Recommend request"),
            Form::OffersRequest => of::<OffersRequest>("Offers request"),
            Form::QuoteRequest => of::<QuoteRequest>("Quote request"),
            Form::MembershipRequest => of::<MembershipRequest>("Membership request"),
            Form::GrowthRequest => of::<GrowthRequest>("Growth request"),
            Form::NextActionsRequest => of::<NextActionsRequest>("Next actions request"),
            Form::PortraitRequest => of::<PortraitRequest>("Portrait request"),
            Form::ExperimentRequest => of::<ExperimentRequest>("Experiment request"),
        };
        Ok(serde_json::to_string_pretty(&schema)? + "\n")
    }
}

fn of<T: JsonSchema>(title: &str) -> JsonSchemaDocument {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".into(), title.into());
    schema
}

impl Schema {
    pub fn run(&self) -> Result<()> {
        if let Some(form) = self.of {
            print!("{}", form.text()?);
        }
        if let Some(directory) = &self.all {
            fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
            for form in Form::value_variants() {
                let path = directory.join(form.name() + ".schema.json");
                fs::write(&path, form.text()?).with_context(|| path.display().to_string())?;
                println!("{}", path.display());
            }
        }
        Ok(())
    }
}
