//! Points held, wallet by wallet.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::seen::Seen;
use crate::domain::{DAY, Listed, Reason};
use crate::loyalty::{Ledger, Lot};
use crate::offers::{Rounding, multiply_divide};

/// Points of the programme's first wallet.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct PointsHeld {
    /// Points that can be spent now; below 0 where points are owed.
    pub balance: i64,
    /// Points that can be spent later.
    pub pending: i64,
    /// Lots, first-expiring first.
    pub lots: Vec<HeldLot>,
    /// What ends within the programme's warning time, by time.
    pub expiring: Vec<Expiring>,
    /// What the balance pays at the member's rate, in minor units; `null` where points pay nothing.
    pub worth: Option<i64>,
    /// Points that what happened on this device may bring once the server confirms it. Not part of any balance.
    pub expected: i64,
    /// Why: `earns` with `rule`, `points`, and `availableAt` or `event` where they have to wait; `earning-capped` with `rule`
    /// and the `points` left out.
    pub reasons: Vec<Reason>,
}

/// One wallet of points.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct WalletHeld {
    /// Its id.
    pub id: String,
    /// Points that can be spent now; below 0 where points are owed.
    pub balance: i64,
    /// Points that can be spent later.
    pub pending: i64,
    /// Lots, first-expiring first.
    pub lots: Vec<HeldLot>,
    /// What ends within the programme's warning time, by time.
    pub expiring: Vec<Expiring>,
    /// Whether points can be spent; otherwise they only count for tiers.
    pub spendable: bool,
    /// Whether points can be given to another member.
    pub transferable: bool,
    /// Whether points can be given to a good cause.
    pub donatable: bool,
    /// How many points one can hold.
    pub max_balance: Option<i64>,
    /// What ever came in, went out, and ended, up to now. `earned = spent + expired + balance + pending` holds.
    pub earned: i64,
    /// See `earned`.
    pub spent: i64,
    /// See `earned`.
    pub expired: i64,
}

/// A lot of points.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
#[serde(rename_all = "camelCase")]
pub struct HeldLot {
    /// Points left.
    pub amount: i64,
    /// When they end (exclusive); never where `null`.
    pub expires_at: Option<i64>,
    /// When they can first be spent, where that is still to come and known.
    pub available_at: Option<i64>,
    /// The action about their order that they wait for (`delivered`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awaits: Option<String>,
}

/// Points that end together.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(target_os = "unknown", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Expiring {
    /// How many.
    pub amount: i64,
    /// When.
    pub at: i64,
}

impl Seen<'_> {
    /// The wallets, in the programme's order.
    pub fn wallets(&self, ledgers: &[Ledger]) -> Vec<WalletHeld> {
        let wallets = self.programme().wallets.iter().zip(ledgers);
        let held = wallets.map(|(wallet, ledger)| WalletHeld {
            id: wallet.id.clone(),
            balance: ledger.balance(self.now),
            pending: ledger.pending(self.now),
            lots: ledger.lots.iter().map(|lot| self.lot(lot)).listed(),
            expiring: self.expiring(ledger),
            spendable: !wallet.not_spendable,
            transferable: wallet.transferable,
            donatable: wallet.donatable,
            max_balance: wallet.max_balance,
            earned: ledger.earned,
            spent: ledger.spent,
            expired: ledger.expired,
        });
        held.listed()
    }

    /// The points of the first of `wallets`, which a member of tier `tier` holds.
    pub fn points(&self, wallets: &[WalletHeld], tier: Option<&str>) -> PointsHeld {
        let Some(first) = wallets.first() else { return PointsHeld::default() };
        let redemption = self.programme().redemption.as_ref().filter(|redemption| redemption.wallet == 0).map(|all| all.of(tier));
        PointsHeld {
            balance: first.balance,
            pending: first.pending,
            lots: first.lots.clone(),
            expiring: first.expiring.clone(),
            worth: redemption.map(|rate| multiply_divide(first.balance.max(0), rate.value, rate.points, Rounding::Down)),
            ..PointsHeld::default()
        }
    }

    /// What ends within the warning time, by time.
    pub fn expiring(&self, ledger: &Ledger) -> Vec<Expiring> {
        let warned = self.now.saturating_add(i64::from(self.programme().warning_days).saturating_mul(DAY));
        let mut expiring: Vec<Expiring> = Vec::new();
        for lot in &ledger.lots {
            let Some(at) = lot.expires_at.filter(|end| *end <= warned) else { continue };
            match expiring.last_mut().filter(|known| known.at == at) {
                Some(known) => known.amount = known.amount.saturating_add(lot.amount),
                None => expiring.push(Expiring { amount: lot.amount, at }),
            }
        }
        expiring
    }

    fn lot(&self, lot: &Lot) -> HeldLot {
        let rule = lot.awaits.and_then(|place| self.programme().earning.rules.get(place as usize));
        HeldLot {
            amount: lot.amount,
            expires_at: lot.expires_at,
            available_at: Some(lot.available_at).filter(|at| *at > self.now && *at != i64::MAX),
            awaits: rule.and_then(|rule| rule.pending.event.clone()),
        }
    }
}
