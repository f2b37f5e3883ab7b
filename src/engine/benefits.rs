//! Benefits with what is left of them, and partners.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::seen::{Known, Seen};
use crate::domain::Listed;
use crate::loyalty::{Benefit, Ledger, Partner, QuotaLeft};

/// A benefit that the member has.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct BenefitHeld {
    /// Its id.
    pub id: String,
    /// What it is: `member-price`, `gift`, `free-returns`, `free-shipping`, `early-access`, `exclusive`, `adviser`,
    /// `service`, ...
    pub kind: String,
    /// How often, and what is left of that; `null` where it has no limit.
    pub quota: Option<QuotaLeft>,
    /// When it ends (exclusive), where that is known.
    pub until: Option<i64>,
    /// Ids of the offers it consists of.
    pub offers: Vec<String>,
    /// The partner that gives it.
    pub partner: Option<String>,
}

/// A partner whose points can be exchanged, or whose benefits and offers the member has.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct PartnerHeld {
    /// Its id.
    pub id: String,
    /// Ids of the offers that come from it.
    pub offers: Vec<String>,
    /// Exchange of points.
    pub conversions: Vec<ConversionHeld>,
}

/// Exchange of points of one kind for another, done by the server.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct ConversionHeld {
    /// Its id.
    pub id: String,
    /// The wallet that points leave; the programme's own, or the partner's.
    pub from: String,
    /// The wallet they come to.
    pub to: String,
    /// So many points that leave ...
    pub give: i64,
    /// ... make so many that come, rounded down.
    pub get: i64,
    /// The least points that leave.
    pub min: i64,
    /// Points leave in steps of this.
    pub step: i64,
    /// Points that may still leave by the caps; `null` where there is none.
    pub left: Option<i64>,
    /// The most points that can leave now, where they leave a wallet of the programme.
    pub most: Option<i64>,
    /// What these would make.
    pub makes: Option<i64>,
}

impl Seen<'_> {
    /// The benefits that the member has, in the programme's order.
    pub fn benefits(&self, known: Known<'_>) -> Vec<BenefitHeld> {
        let held = |benefit: &Benefit| BenefitHeld {
            id: benefit.id.clone(),
            kind: benefit.kind.clone(),
            quota: benefit.left(known.tier, self.view, self.zone(), self.now),
            until: benefit.audience.window.1,
            offers: benefit.offers.clone(),
            partner: benefit.partner.clone(),
        };
        self.programme().benefits_of(known.person(), self.now).map(held).listed()
    }

    /// The partners whose members' the member is.
    pub fn partners(&self, known: Known<'_>, ledgers: &[Ledger]) -> Vec<PartnerHeld> {
        let mine = self.programme().partners.iter().filter(|partner| partner.when.matches(known.attributes));
        mine.map(|partner| PartnerHeld {
            id: partner.id.clone(),
            offers: partner.offers.clone(),
            conversions: self.conversions(partner, ledgers),
        })
        .listed()
    }

    fn conversions(&self, partner: &Partner, ledgers: &[Ledger]) -> Vec<ConversionHeld> {
        let held = partner.conversions.iter().map(|conversion| {
            let left = conversion.left(self.view, self.zone(), self.now);
            let ledger = conversion.from_own.and_then(|place| ledgers.get(place));
            let most = ledger.map(|ledger| conversion.most(ledger.balance(self.now), left));
            ConversionHeld {
                id: conversion.id.clone(),
                from: conversion.from.clone(),
                to: conversion.to.clone(),
                give: conversion.give,
                get: conversion.get,
                min: conversion.min,
                step: conversion.step,
                left,
                most,
                makes: most.map(|most| conversion.makes(most)),
            }
        });
        held.listed()
    }
}
