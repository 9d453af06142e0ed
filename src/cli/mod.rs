//! The front door: arguments in, pages or documents out.
//!
//! One verb, one file: its arguments, its one call, and its human face. [`main`] reads the command line, has the
//! verb do its work with what `wire` picked, and prints the outcome; every outcome has two faces, and every failure
//! ends here. Nobody names this room.

mod adopt;
mod approve;
mod attach;
mod audit;
mod bisect;
mod calls;
mod cat;
mod changes;
mod check;
mod clone;
mod commit;
mod completions;
mod demo;
mod diff;
mod drift_page;
mod env;
mod eval;
mod eval_files;
mod eval_page;
mod eval_votes;
mod face;
mod freeze;
mod finding;
mod finding_page;
mod findings;
mod flips_page;
mod governance;
mod ground;
mod halt;
mod impact;
mod init;
mod keys;
mod log;
mod maintenance;
mod merge;
mod mutants_page;
mod mv;
mod r#override;
mod people;
mod promote;
mod proposal_page;
mod proposals;
mod providers;
mod propose;
mod pull;
mod purge;
mod push;
mod reject;
mod remote;
mod render;
mod requalify;
mod restore;
mod resume;
mod review;
mod reviewer;
mod rm;
mod rollback;
mod run;
mod secrets;
mod ship;
mod show;
mod status;
mod stops;
mod thaw;
mod usage;
mod values;
mod verbs;
mod verify;
mod why;
mod wire;
mod withdraw;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub use run::main;

/// Keep versions of prompts, tools and policies, and let a change go live only through its gate
///
/// Chancery is git for what an AI agent is told to do: content-addressed versions, golden cases, signed
/// approvals, and an answer to who let a version through.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, max_term_width = 80, disable_help_subcommand = true, propagate_version = false)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that stand before or after any command.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Work on the project in this folder (else `CHANCERY_DIR`, else the nearest one upwards)
    #[arg(short = 'C', value_name = "DIR", env = "CHANCERY_DIR", global = true, hide_env = true)]
    directory: Option<PathBuf>,
    /// Answer with one JSON document on stdout
    #[arg(long, global = true)]
    json: bool,
    /// Say nothing besides the answer
    #[arg(short, global = true)]
    quiet: bool,
    /// When to use colours: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        hide_possible_values = true,
        hide_default_value = true
    )]
    color: Colour,
    /// Never show long answers in a pager
    #[arg(long, global = true)]
    no_pager: bool,
    /// Sign with this private key file (else `CHANCERY_SIGNING_KEY`, else git's, else `~/.ssh/id_ed25519`)
    #[arg(long, value_name = "FILE", env = "CHANCERY_SIGNING_KEY", global = true, hide_env = true)]
    key: Option<PathBuf>,
    /// Do without the remote: what is done is not shared yet
    #[arg(long, global = true)]
    offline: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// On a terminal.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Demo(demo::DemoArgs),
    Status(status::StatusArgs),
    Check(check::CheckArgs),
    Clone(clone::CloneArgs),
    Attach(attach::AttachArgs),
    Remote(remote::RemoteArgs),
    Pull(pull::PullArgs),
    Push(push::PushArgs),
    Commit(commit::CommitArgs),
    Merge(merge::MergeArgs),
    Mv(mv::MvArgs),
    Rm(rm::RmArgs),
    Log(log::LogArgs),
    Show(show::ShowArgs),
    Cat(cat::CatArgs),
    Restore(restore::RestoreArgs),
    Diff(diff::DiffArgs),
    Render(render::RenderArgs),
    Eval(Box<eval::EvalArgs>),
    Bisect(bisect::BisectArgs),
    Propose(propose::ProposeArgs),
    Proposals(proposals::ProposalsArgs),
    Withdraw(withdraw::WithdrawArgs),
    Review(review::ReviewArgs),
    Finding(finding::FindingArgs),
    Findings(findings::FindingsArgs),
    Approve(approve::ApproveArgs),
    Reject(reject::RejectArgs),
    Promote(promote::PromoteArgs),
    Override(r#override::OverrideArgs),
    Adopt(adopt::AdoptArgs),
    Ship(ship::ShipArgs),
    Rollback(rollback::RollbackArgs),
    Freeze(freeze::FreezeArgs),
    Thaw(thaw::ThawArgs),
    Halt(halt::HaltArgs),
    Resume(resume::ResumeArgs),
    Requalify(requalify::RequalifyArgs),
    Env(env::EnvArgs),
    Impact(impact::ImpactArgs),
    Audit(audit::AuditArgs),
    Verify(verify::VerifyArgs),
    Secrets(secrets::SecretsArgs),
    Purge(purge::PurgeArgs),
    Maintenance(maintenance::MaintenanceArgs),
    Why(why::WhyArgs),
    Keys(keys::KeysArgs),
    People(people::PeopleArgs),
    Governance(governance::GovernanceArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    /// Has the verb do its work.
    fn run(self, wire: &wire::Wire) -> face::Outcome {
        match self {
            Self::Init(args) => init::run(args, wire),
            Self::Demo(args) => demo::run(args, wire),
            Self::Status(args) => status::run(&args, wire),
            Self::Check(args) => check::run(&args, wire),
            Self::Clone(args) => clone::run(args, wire),
            Self::Attach(args) => attach::run(args, wire),
            Self::Remote(args) => remote::run(args, wire),
            Self::Pull(args) => pull::run(&args, wire),
            Self::Push(args) => push::run(&args, wire),
            Self::Commit(args) => commit::run(args, wire),
            Self::Merge(args) => merge::run(&args, wire),
            Self::Mv(args) => mv::run(args, wire),
            Self::Rm(args) => rm::run(args, wire),
            Self::Log(args) => log::run(args, wire),
            Self::Show(args) => show::run(args, wire),
            Self::Cat(args) => cat::run(args, wire),
            Self::Restore(args) => restore::run(args, wire),
            Self::Diff(args) => diff::run(args, wire),
            Self::Render(args) => render::run(args, wire),
            Self::Eval(args) => eval::run(*args, wire),
            Self::Bisect(args) => bisect::run(args, wire),
            Self::Propose(args) => propose::run(args, wire),
            Self::Proposals(args) => proposals::run(args, wire),
            Self::Withdraw(args) => withdraw::run(&args, wire),
            Self::Review(args) => review::run(args, wire),
            Self::Finding(args) => finding::run(args, wire),
            Self::Findings(args) => findings::run(args, wire),
            Self::Approve(args) => approve::run(args, wire),
            Self::Reject(args) => reject::run(args, wire),
            Self::Promote(args) => promote::run(args, wire),
            Self::Override(args) => r#override::run(args, wire),
            Self::Adopt(args) => adopt::run(args, wire),
            Self::Ship(args) => ship::run(args, wire),
            Self::Rollback(args) => rollback::run(args, wire),
            Self::Freeze(args) => freeze::run(args, wire),
            Self::Thaw(args) => thaw::run(args, wire),
            Self::Halt(args) => halt::run(args, wire),
            Self::Resume(args) => resume::run(args, wire),
            Self::Requalify(args) => requalify::run(args, wire),
            Self::Env(args) => env::run(args, wire),
            Self::Impact(args) => impact::run(&args, wire),
            Self::Audit(args) => audit::run(args, wire),
            Self::Verify(args) => verify::run(&args, wire),
            Self::Secrets(args) => secrets::run(args, wire),
            Self::Purge(args) => purge::run(args, wire),
            Self::Maintenance(args) => maintenance::run(&args, wire),
            Self::Why(args) => why::run(args, wire),
            Self::Keys(args) => keys::run(&args, wire),
            Self::People(args) => people::run(&args, wire),
            Self::Governance(args) => governance::run(&args, wire),
            Self::Completions(args) => completions::run(&args),
        }
    }
}
