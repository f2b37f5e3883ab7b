//! Tiers: what they take, how long they last, how they are lost.

mod calm;
mod standing;
mod track;

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::domain::{Listed, read_choice};
pub use calm::Calm;
pub use standing::{CartEffect, NextTier, Standing, TierKeep};
pub use track::{Change, State, Step, Track};

use super::criteria::Criteria;
use super::measure::{Measures, Meter, Metric};
use super::period::Period;
use super::span::{RoundUp, Span};
use crate::rules::Condition;

/// How one comes to a tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// By meeting its criteria.
    #[default]
    Criteria,
    /// By invitation: the server says who.
    Invited,
    /// By paying for it.
    Paid,
    /// For a trial.
    Trial,
}

read_choice!(Access: Criteria, Invited, Paid, Trial);

/// When a tier that was reached begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Upgrade {
    /// With the purchase or action that reached it.
    #[default]
    AtOnce,
    /// With the next calendar or anniversary period; of a rolling or lifetime period, with the next calendar month.
    NextPeriod,
}

read_choice!(Upgrade: AtOnce, NextPeriod);

/// Kinds of validity: how long a tier lasts before it is looked at again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ValidityKind {
    /// `period-end` for calendar and anniversary periods, `while-met` for rolling ones, `forever` for a lifetime.
    #[default]
    Auto,
    /// To the end of the period; then the period that ended decides on the next one.
    PeriodEnd,
    /// For a span from the day it was reached or renewed; then the period up to that day decides.
    Span,
    /// As long as the criteria are met, looked at whenever something falls out of the period.
    WhileMet,
    /// For good.
    Forever,
}

read_choice!(ValidityKind: Auto, PeriodEnd, Span, WhileMet, Forever);

/// What happens when a tier is not deserved any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Downgrade {
    /// The tier is kept.
    None,
    /// One tier down for another period, then looked at again.
    OneStep,
    /// Down to the tier that is deserved.
    #[default]
    ReEvaluate,
}

read_choice!(Downgrade: None, OneStep, ReEvaluate);

/// How long a tier lasts before it is looked at again, compiled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validity {
    /// To the end of the period.
    PeriodEnd,
    /// For a span.
    For(Span),
    /// As long as the criteria are met.
    WhileMet,
    /// For good.
    #[default]
    Forever,
}

/// One tier.
#[derive(Clone, Debug, Default)]
pub struct Tier {
    /// Its id.
    pub id: String,
    /// How one comes to it.
    pub access: Access,
    /// What it takes to reach it.
    pub criteria: Criteria,
    /// What it takes to keep it.
    pub keep: Criteria,
    /// Once reached, never lost.
    pub never_lost: bool,
    /// Price of a paid tier, in minor units.
    pub price: Option<i64>,
    /// How long a paid or trial tier lasts, where the server does not say.
    pub lasts: Option<Span>,
    /// Who may have it at all.
    pub when: Condition,
}

/// The tiers of a programme, lowest first, and how they are measured, reached, kept and lost.
#[derive(Clone, Debug, Default)]
pub struct Ladder {
    /// The tiers, lowest first; the first is everybody's.
    pub tiers: Vec<Tier>,
    /// What criteria measure.
    pub meters: Vec<Meter>,
    /// The rolling spans that criteria use.
    pub spans: Vec<Span>,
    /// The period over which tiers are measured.
    pub period: Period,
    /// When a tier that was reached begins.
    pub upgrade: Upgrade,
    /// How long a tier lasts before it is looked at again.
    pub validity: Validity,
    /// What happens when it is looked at and is not deserved any more.
    pub downgrade: Downgrade,
    /// How long the tier is kept after that.
    pub grace: Span,
    /// Where the ends of validity and grace move up to.
    pub round_up: RoundUp,
}

impl Ladder {
    /// The place of the tier called `id`.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.tiers.iter().position(|tier| tier.id == id)
    }

    /// The id of the tier at `place`; empty where there is none.
    pub fn id(&self, place: usize) -> &str {
        self.tiers.get(place).map_or("", |tier| &tier.id)
    }

    /// The days of membership that criteria ask for.
    pub(super) fn member_days(&self) -> impl Iterator<Item = i64> {
        let mut days = Vec::new();
        for tier in &self.tiers {
            for criteria in [&tier.criteria, &tier.keep] {
                criteria.for_each(&mut |criterion| {
                    if criterion.metric == Metric::MemberDays {
                        days.push(criterion.at_least);
                    }
                });
            }
        }
        days.into_iter()
    }

    /// Which tiers are open to `member`, by their own conditions.
    pub fn open_to(&self, member: &dyn crate::rules::AttributeSource) -> Vec<bool> {
        self.tiers.iter().map(|tier| tier.when.matches(member)).listed()
    }

    /// Measures `view`. See [`Measures::new`].
    pub fn measure(&self, view: &super::MemberView, wallets: &[super::measure::WalletMeasure], zone: &crate::domain::Zone) -> Measures {
        Measures::new(&self.meters, &self.spans, view, wallets, zone)
    }
}

impl Access {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Access::Criteria => "criteria",
            Access::Invited => "invited",
            Access::Paid => "paid",
            Access::Trial => "trial",
        }
    }
}
