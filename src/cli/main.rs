//! The `regulars` command line: one file a command.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)] // nothing here is reachable from JavaScript

mod ask;
mod baskets;
mod clock;
mod delta;
#[cfg(feature = "train")]
mod duckdb;
mod evaluate;
mod input;
mod inspect;
mod items_csv;
mod keygen;
#[cfg(feature = "train")]
mod member;
#[cfg(feature = "train")]
mod orders;
mod pack;
mod play;
mod rank_offers;
#[cfg(feature = "train")]
mod report;
mod schema;
#[cfg(feature = "serve")]
mod serve;
#[cfg(feature = "train")]
mod sql;
#[cfg(feature = "train")]
mod train;
mod vectors;
mod verify;
mod zone;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Know your regulars on their own device.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[cfg(feature = "train")]
    Train(train::Train),
    #[cfg(not(feature = "train"))]
    Train(baskets::Train),
    Evaluate(evaluate::Evaluate),
    #[cfg(feature = "train")]
    Member(member::Profiles),
    #[cfg(feature = "train")]
    Sql(sql::Sql),
    Pack(Box<pack::Pack>),
    Play(play::Play),
    RankOffers(rank_offers::RankOffers),
    #[cfg(feature = "train")]
    Report(Box<report::Report>),
    Delta(delta::MakeDelta),
    Inspect(inspect::Inspect),
    Verify(verify::Verify),
    Keygen(keygen::Keygen),
    Schema(schema::Schema),
    Recommend(ask::Recommend),
    Offers(ask::Offers),
    Quote(ask::Quote),
    Returns(ask::Returns),
    Fairness(ask::Fairness),
    #[cfg(feature = "serve")]
    Serve(serve::Serve),
    Membership(ask::Membership),
    Growth(ask::Growth),
    NextActions(ask::NextActions),
}

fn main() -> ExitCode {
    let outcome: anyhow::Result<()> = match Arguments::parse().command {
        Command::Train(train) => train.run(),
        Command::Evaluate(evaluate) => evaluate.run(),
        #[cfg(feature = "train")]
        Command::Member(profiles) => profiles.run(),
        #[cfg(feature = "train")]
        Command::Sql(sql) => sql.run(),
        Command::Pack(pack) => pack.run(),
        Command::Play(play) => play.run(),
        Command::RankOffers(rank) => rank.run(),
        #[cfg(feature = "train")]
        Command::Report(report) => report.run(),
        Command::Delta(delta) => delta.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Verify(verify) => verify.run(),
        Command::Keygen(keygen) => keygen.run(),
        Command::Schema(schema) => schema.run(),
        Command::Recommend(recommend) => recommend.run(),
        Command::Offers(offers) => offers.run(),
        Command::Quote(quote) => quote.run(),
        Command::Returns(returns) => returns.run(),
        Command::Fairness(fairness) => fairness.run(),
        #[cfg(feature = "serve")]
        Command::Serve(serve) => serve.run(),
        Command::Membership(membership) => membership.run(),
        Command::Growth(growth) => growth.run(),
        Command::NextActions(actions) => actions.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
