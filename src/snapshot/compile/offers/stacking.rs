//! How offers go together.

use alloc::string::String;
use alloc::vec::Vec;

use super::percent;
use crate::domain::{Value, ValueError, from_value};
use crate::offers::{
    Claims, Class, ClassPairs, Exclusive, Group, Mode, OddCents, Pool, Preset, PriceBase, Rate, Rounding, SpreadBy, Stacking, ThresholdBase,
};
use crate::snapshot::compile::Context;
use crate::snapshot::wire::stacking as wire;

/// Groups nested deeper than this are refused.
const DEEPEST: u32 = 16;

/// The compiled settings, and what offers are compiled with.
#[derive(Default)]
pub(super) struct Settings {
    pub stacking: Stacking,
    pub base: wire::Base,
    pub threshold_base: ThresholdBase,
}

impl Settings {
    /// The place of the group called `id`.
    pub fn group(&self, id: &str) -> Option<usize> {
        self.stacking.groups.iter().position(|group| group.id == id)
    }

    /// The place of the pool called `id`.
    pub fn pool(&self, id: &str) -> Option<usize> {
        self.stacking.pools.iter().position(|pool| pool.id == id)
    }
}

pub(super) fn compile(section: &Value, context: &mut Context<'_>) -> Settings {
    if section.is_null() {
        return Settings::default();
    }
    from_value::<wire::Stacking>(section).and_then(|wire| settings(&wire)).unwrap_or_else(|error| {
        context.warnings.push(error.in_field("stacking").reason("section-disabled"));
        Settings::default()
    })
}

fn settings(wire: &wire::Stacking) -> Result<Settings, ValueError> {
    let Settings { stacking: preset, base, threshold_base } = preset(wire.preset);
    let mut groups = Vec::new();
    add_groups(&wire.groups, None, 0, &mut groups)?;
    let mut pools: Vec<Pool> = Vec::new();
    for (index, pool) in wire.pools.iter().enumerate() {
        named_once(&pool.id, pools.iter().map(|known| &known.id)).map_err(|error| error.at_index(index).in_field("pools"))?;
        pools.push(Pool { id: pool.id.clone(), max: pool.max });
    }
    let stacking = Stacking {
        mode: wire.mode.unwrap_or(preset.mode),
        groups,
        classes: wire.classes.as_deref().map_or(preset.classes, ClassPairs::of),
        apart_on_line: wire.apart_on_line.as_deref().map_or(preset.apart_on_line, ClassPairs::of),
        exclusive: wire.exclusive.unwrap_or(preset.exclusive),
        sequence: wire.sequence.clone().unwrap_or(preset.sequence),
        within: wire.within.unwrap_or(preset.within),
        odd_cents: wire.odd_cents.unwrap_or(preset.odd_cents),
        spread_by: wire.spread_by.unwrap_or(preset.spread_by),
        claims: wire.claims.unwrap_or(preset.claims),
        prices_include_tax: wire.prices_include_tax.unwrap_or(preset.prices_include_tax),
        tax_attribute: wire.tax_attribute.clone(),
        rounding: wire.rounding.unwrap_or(preset.rounding),
        pools,
        floor: wire.floor_percent.map_or(Ok(Rate::default()), percent).map_err(|error| error.in_field("floorPercent"))?,
        floor_attribute: wire.floor_attribute.clone(),
        returns: wire.returns.unwrap_or(preset.returns),
        search_budget: wire.search_budget.or(preset.search_budget),
    };
    let base = wire::Base {
        product: wire.base.product.or(base.product),
        order: wire.base.order.or(base.order),
        shipping: wire.base.shipping.or(base.shipping),
    };
    Ok(Settings { stacking, base, threshold_base: wire.threshold_base.unwrap_or(threshold_base) })
}

fn named_once<'a>(id: &str, mut known: impl Iterator<Item = &'a String>) -> Result<(), ValueError> {
    match (id, known.any(|known| known == id)) {
        ("", _) => Err(ValueError::invalid("must not be empty").in_field("id")),
        (_, true) => Err(ValueError::invalid("is used twice").in_field("id")),
        _ => Ok(()),
    }
}

fn add_groups(wires: &[wire::Group], parent: Option<usize>, depth: u32, groups: &mut Vec<Group>) -> Result<(), ValueError> {
    if depth > DEEPEST {
        return Err(ValueError::invalid("groups are nested too deep").in_field("groups"));
    }
    for (index, wire) in wires.iter().enumerate() {
        let here = |error: ValueError| error.at_index(index).in_field("groups");
        named_once(&wire.id, groups.iter().map(|known| &known.id)).map_err(here)?;
        groups.push(Group {
            id: wire.id.clone(),
            parent,
            mode: wire.mode.unwrap_or_default(),
            scope: wire.scope,
            max: wire.max,
            exclusive: wire.exclusive,
            priority: wire.priority,
        });
        add_groups(&wire.groups, groups.len().checked_sub(1), depth.saturating_add(1), groups).map_err(here)?;
    }
    Ok(())
}

/// What a preset sets.
fn preset(preset: Preset) -> Settings {
    let all = |base: PriceBase| wire::Base { product: Some(base), order: Some(base), shipping: Some(base) };
    match preset {
        Preset::Best => Settings::default(),
        Preset::Sylius => Settings {
            stacking: Stacking {
                mode: Mode::Stack,
                exclusive: Exclusive::First,
                sequence: Vec::new(),
                odd_cents: OddCents::First,
                ..Stacking::default()
            },
            base: wire::Base { product: Some(PriceBase::Original), ..wire::Base::default() },
            threshold_base: ThresholdBase::Running,
        },
        Preset::Medusa => Settings {
            stacking: Stacking { mode: Mode::Stack, sequence: Vec::new(), claims: Claims::Bought, ..Stacking::default() },
            base: all(PriceBase::LineRemainder),
            threshold_base: ThresholdBase::Original,
        },
        Preset::Vendure => Settings {
            stacking: Stacking {
                mode: Mode::Stack,
                odd_cents: OddCents::LargestRemainderLast,
                rounding: Rounding::HalfDown,
                spread_by: SpreadBy::Gross,
                ..Stacking::default()
            },
            threshold_base: ThresholdBase::Running,
            ..Settings::default()
        },
        Preset::Shopify => Settings {
            stacking: Stacking {
                classes: ClassPairs::NONE,
                apart_on_line: ClassPairs::of(&[(Class::Product, Class::Product)]),
                ..Stacking::default()
            },
            ..Settings::default()
        },
        Preset::Tmall => Settings { threshold_base: ThresholdBase::BeforeCoupons, ..Settings::default() },
    }
}
