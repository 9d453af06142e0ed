//! The one place that picks adapters, and the only reader of environment, home folder and terminal.

mod writing;

use std::{
    env,
    io::{IsTerminal, stderr, stdout},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use anstream::{AutoStream, ColorChoice};

use super::{
    Colour, Global,
    providers::{FolderProviders, Pace},
};
use crate::{
    adapters::{
        Failpoint,
        files::{FolderSettings, FolderTree},
        git::{GitRemote, GitStore, is_folder},
        git_config::GitConfig,
        keys::{KeyTool, Questions, generate_key, open_git_key, open_key},
        system::{SystemClock, random},
    },
    clock::Clock,
    ops::{Exchange, Exit, Failure, Lapses, World},
    trust::{Signer, SignerError},
    ui::{Console, Terminal},
    workspace::Remote,
};

/// Where this run happens, and what it may use.
pub(super) struct Wire {
    global: Global,
    console: Console,
    here: PathBuf,
    now: Option<crate::clock::Time>,
    git: GitConfig,
    failpoint: Failpoint,
    lapses: Lapses,
}

impl Wire {
    /// Reads what the run needs of the environment.
    ///
    /// # Errors
    ///
    /// A usage failure when `CHANCERY_NOW` is no time, `CHANCERY_STOP_AT` no number, or the folder of `-C` is not
    /// there.
    pub(super) fn new(global: Global, console: Console) -> Result<Self, Failure> {
        let current = env::current_dir()
            .map_err(|error| Failure::outside("disk", "cannot tell the current folder").because(error.to_string()))?;
        let here = match &global.directory {
            Some(directory) => current.join(directory),
            None => current,
        };
        // Before any store is opened: from then on libgit2 reads no settings but a repository's own.
        let git = GitConfig::read(&here);
        let (now, failpoint) = (fixed_now()?, failpoint(&console)?);
        Ok(Self { now, failpoint, global, console, here, git, lapses: Lapses::default() })
    }

    /// Prints progress, where a verb works long.
    pub(super) fn console(&self) -> &Console {
        &self.console
    }

    /// What lapsed of this clone's own acts in the course of this run, and was not told yet.
    pub(super) fn lapses(&self) -> &Lapses {
        &self.lapses
    }

    /// The folder the command was started in, or `-C`.
    pub(super) fn here(&self) -> &Path {
        &self.here
    }

    /// The project's folder: `-C` as it is, else the nearest folder upwards that holds one.
    ///
    /// # Errors
    ///
    /// That there is no project.
    pub(super) fn project(&self) -> Result<PathBuf, Failure> {
        let is_project = |folder: &Path| folder.join("chancery.toml").is_file() || folder.join(".chancery").is_dir();
        let found = if self.global.directory.is_some() {
            Some(self.here.as_path()).filter(|folder| is_project(folder))
        } else {
            self.here.ancestors().find(|folder| is_project(folder))
        };
        found.map(Path::to_owned).ok_or_else(|| {
            let here = self.here.display();
            if !self.here.is_dir() {
                return Failure::cannot("no-project", format!("there is no folder `{here}`"))
                    .run(format!("chancery init {here}"));
            }
            let because = if self.global.directory.is_some() {
                "it holds neither `chancery.toml` nor `.chancery`"
            } else {
                "neither it nor a folder above it holds `chancery.toml` or `.chancery`"
            };
            Failure::cannot("no-project", format!("`{here}` is not in a project")).because(because).run("chancery init")
        })
    }

    /// What was typed for a file or a folder, as the project calls it: from the project's folder on where there is
    /// such a thing below the current folder, else as it was typed.
    ///
    /// # Errors
    ///
    /// That there is no project, or that the file is not below it.
    pub(super) fn in_project(&self, typed: &Path) -> Result<String, Failure> {
        let project = self.project()?;
        let plain = |path: &Path| path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        let outside = || {
            Failure::cannot("outside-project", format!("`{}` leads out of the project", typed.display()))
                .because(format!("the project is `{}`", project.display()))
        };
        let whole = self.here.join(typed);
        if whole.symlink_metadata().is_err() {
            let depth = self.here.strip_prefix(&project).map_or(0, |below| below.components().count());
            return if typed.is_absolute() || climbs_out(typed, depth) { Err(outside()) } else { Ok(plain(typed)) };
        }
        // The folder is looked at, not the file: a link is called by its own name.
        let real = match (whole.file_name(), whole.parent().map(Path::canonicalize)) {
            (Some(name), Some(Ok(folder))) if !typed.ends_with("..") && !typed.ends_with(".") => folder.join(name),
            _ => whole.canonicalize().map_err(|_| outside())?,
        };
        let root = project.canonicalize().map_err(|_| outside())?;
        let below = real.strip_prefix(&root).map_err(|_| outside())?;
        Ok(if below.as_os_str().is_empty() { ".".to_owned() } else { plain(below) })
    }

    /// Everything an operation may touch, for the project here.
    ///
    /// # Errors
    ///
    /// That there is no project, or that its store cannot be opened.
    pub(super) fn world(&self) -> Result<World, Failure> {
        let folder = self.project()?;
        if !folder.join(".chancery").exists() {
            return Err(Failure::cannot("not-begun", format!("`{}` has rules and no ledger yet", folder.display()))
                .because("there is no `.chancery` beside `chancery.toml`")
                .say("bring `.chancery` here if the project has one, or begin: `chancery init`"));
        }
        self.world_at(&folder)
    }

    /// The same, its models asked at this pace.
    pub(super) fn world_asking(&self, pace: Pace) -> Result<World, Failure> {
        Ok(World { providers: Arc::new(FolderProviders::new(&self.project()?, pace)), ..self.world()? })
    }

    /// The same for a project in this folder, which `init` and `demo` make. A store that is not there is made.
    ///
    /// # Errors
    ///
    /// That its store cannot be opened.
    pub(super) fn world_at(&self, folder: &Path) -> Result<World, Failure> {
        let store = folder.join(".chancery");
        let git = if store.exists() { GitStore::open(&store)? } else { GitStore::create(&store)? };
        let git = Arc::new(git.stopping_at(self.failpoint.clone()));
        let settings = FolderSettings::open(&store).stopping_at(self.failpoint.clone());
        Ok(World {
            clock: self.clock(),
            remote: remembered_remote(&git, &settings)?,
            tree: Arc::new(FolderTree::open(folder)?.stopping_at(self.failpoint.clone())),
            settings: Arc::new(settings),
            store: git.clone(),
            upkeep: git.clone(),
            journal: git.clone(),
            inspect: git.clone(),
            signer: self.signer().0,
            guard: git,
            providers: Arc::new(FolderProviders::new(folder, Pace::default())),
            offline: self.global.offline,
            lapses: self.lapses.clone(),
            random: Box::new(random),
        })
    }

    /// Where a remote is that somebody typed: a folder relative to where the command was started, or a URL.
    ///
    /// # Errors
    ///
    /// A usage failure for what git would take for an option or run as a program.
    pub(super) fn url(&self, typed: &str) -> Result<String, Failure> {
        let scheme = typed.split_once("://").map(|(scheme, _)| scheme);
        if typed.is_empty() || typed.starts_with('-') || typed.split('/').next().is_some_and(|s| s.contains("::")) {
            return Err(Failure::usage(format!("`{typed}` is not the address of a remote")));
        }
        match scheme {
            Some("file" | "git" | "ssh" | "http" | "https") => return Ok(typed.to_owned()),
            Some(other) => {
                return Err(Failure::usage(format!("`{other}` is not a way to a remote that chancery takes"))
                    .say("use a folder, or an address of file, ssh, https, http or git"));
            }
            None => {}
        }
        let folder = self.here.join(typed);
        if !is_folder(typed) && !folder.exists() {
            return Ok(typed.to_owned());
        }
        let folder = folder.canonicalize().unwrap_or(folder);
        Ok(folder.to_string_lossy().into_owned())
    }

    /// The address of the surrounding git work tree's remote.
    pub(super) fn origin(&self) -> Option<&str> {
        self.git.origin.as_deref()
    }

    /// A folder to write into, relative to where the command was started; made if it is not there.
    ///
    /// # Errors
    ///
    /// That it cannot be made or opened.
    pub(super) fn new_folder(&self, folder: &Path) -> Result<FolderTree, Failure> {
        let folder = self.here.join(folder);
        std::fs::create_dir_all(&folder).map_err(|error| {
            Failure::outside("disk", format!("cannot make folder `{}`", folder.display())).because(error.to_string())
        })?;
        Ok(FolderTree::open(&folder)?)
    }

    /// What time it is.
    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        match self.now {
            Some(time) => Arc::new(crate::clock::FixedClock(time)),
            None => Arc::new(SystemClock),
        }
    }
}

/// The remote that the clone of this store remembers.
fn remembered_remote(store: &Arc<GitStore>, settings: &FolderSettings) -> Result<Option<Arc<dyn Exchange>>, Failure> {
    let known = Remote::read(settings)?;
    let asks = std::io::stdin().is_terminal() && stderr().is_terminal();
    Ok(known.map(|known| Arc::new(GitRemote::new(Arc::clone(store), &known, asks)) as Arc<dyn Exchange>))
}

/// Signing keys: `--key`, else `CHANCERY_SIGNING_KEY`, else git's, else the usual file.
impl Wire {
    /// The person's signer and where it was found, or why there is none.
    pub(super) fn signer(&self) -> (Result<Box<dyn Signer>, SignerError>, String) {
        let git = &self.git;
        let tool = key_tool(git);
        if let Some(file) = &self.global.key {
            let named = env::var_os("CHANCERY_SIGNING_KEY").is_some_and(|value| value == file.as_os_str());
            let source = if named { "CHANCERY_SIGNING_KEY" } else { "--key" };
            return (open_key(file, &tool), format!("{source} {}", file.display()));
        }
        if let Some(value) = &git.signing_key {
            return (open_git_key(value, &tool), format!("git user.signingKey {value}"));
        }
        let Some(file) = env::home_dir().map(|home| home.join(".ssh/id_ed25519")) else {
            let reason = "no key is named, and there is no home folder to look in".to_owned();
            return (Err(SignerError::Key { path: "~/.ssh/id_ed25519".to_owned(), reason }), String::new());
        };
        (open_key(&file, &tool), file.display().to_string())
    }
}

/// What `init` needs before there is a project.
impl Wire {
    /// What the caller may be called, best first: git's name for them, the login.
    pub(super) fn called(&self) -> Vec<String> {
        let login = ["USER", "LOGNAME"].into_iter().filter_map(|name| env::var(name).ok());
        self.git.name.iter().cloned().chain(login).collect()
    }

    /// Makes a key pair in this file and opens it.
    ///
    /// # Errors
    ///
    /// That a file is there, or cannot be written.
    pub(super) fn new_key(&self, file: &Path) -> Result<Box<dyn Signer>, Failure> {
        generate_key(file)?;
        Ok(open_key(file, &key_tool(&self.git))?)
    }
}

/// Whether a path that does not exist would leave a folder, from so many folders below it.
fn climbs_out(typed: &Path, mut depth: usize) -> bool {
    typed.components().any(|part| {
        match part {
            Component::ParentDir if depth == 0 => return true,
            Component::ParentDir => depth -= 1,
            Component::Normal(_) => depth += 1,
            _ => {}
        }
        false
    })
}

/// The program that signs with keys we cannot use ourselves; it asks only where somebody can answer.
fn key_tool(git: &GitConfig) -> KeyTool {
    let answers = std::io::stdin().is_terminal() && stderr().is_terminal();
    let tool = KeyTool::new(if answers { Questions::Terminal } else { Questions::Never });
    match &git.ssh_program {
        Some(program) => tool.program(program),
        None => tool,
    }
}

/// The variables of this run; whoever starts a program passes on the least of them.
pub(super) fn variables() -> env::VarsOs {
    env::vars_os()
}

/// The moment `CHANCERY_NOW` fixes, in debug builds only.
fn fixed_now() -> Result<Option<crate::clock::Time>, Failure> {
    if !cfg!(debug_assertions) {
        return Ok(None);
    }
    let Some(text) = env::var_os("CHANCERY_NOW") else { return Ok(None) };
    let text = text.to_string_lossy();
    crate::clock::Time::parse(&text)
        .map(Some)
        .ok_or_else(|| Failure::usage(format!("`CHANCERY_NOW` is `{text}`, which is not an RFC 3339 time")))
}

/// Where `CHANCERY_STOP_AT` stops the program to be killed, counted in durable writes; in debug builds only.
fn failpoint(console: &Console) -> Result<Failpoint, Failure> {
    if !cfg!(debug_assertions) {
        return Ok(Failpoint::default());
    }
    let Some(text) = env::var_os("CHANCERY_STOP_AT") else { return Ok(Failpoint::default()) };
    let text = text.to_string_lossy();
    let unusable = |_| Failure::usage(format!("`CHANCERY_STOP_AT` is `{text}`, which is not a number"));
    let step: u64 = text.parse().map_err(unusable)?;
    let (console, said) = (console.clone(), format!("stopped at step {step}"));
    Ok(Failpoint::at(step, move || {
        console.page(Exit::Done, |page| page.note(said.as_str()));
    }))
}

/// What is known of the streams.
pub(super) fn terminal(colour: Colour, no_pager: bool) -> Terminal {
    let screen = terminal_size::terminal_size();
    let columns = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let width = columns.or(screen.map(|(width, _)| usize::from(width.0))).unwrap_or(80);
    let pages = !no_pager && stdout().is_terminal();
    let program = env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    Terminal {
        width: width.clamp(40, 80),
        stdout: choice(colour, || AutoStream::choice(&stdout())),
        stderr: choice(colour, || AutoStream::choice(&stderr())),
        obeys: stdout().is_terminal(),
        moves: stderr().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb"),
        pager: screen.filter(|_| pages && !program.is_empty()).map(|(_, height)| (program, usize::from(height.0))),
    }
}

fn choice(colour: Colour, auto: impl FnOnce() -> ColorChoice) -> ColorChoice {
    match colour {
        Colour::Auto => auto(),
        Colour::Always => ColorChoice::AlwaysAnsi,
        Colour::Never => ColorChoice::Never,
    }
}
