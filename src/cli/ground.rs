//! What `init` makes before there is a project, and takes away again when there comes to be none.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::wire::Wire;
use crate::{
    ops::{Failure, World},
    trust::Signer,
    workspace::Remote,
};

/// The folder a project is begun in. Dropped without [`Ground::keep`], what was made for it goes again; what was
/// there before stays.
#[derive(Debug)]
pub(super) struct Ground {
    folder: PathBuf,
    /// Files to remove, then the store, then folders, deepest first.
    files: Vec<PathBuf>,
    store: Option<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Ground {
    /// Nothing is made yet.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, files: Vec::new(), store: None, folders: Vec::new() }
    }

    /// Makes a key pair.
    ///
    /// # Errors
    ///
    /// That a file is there, or cannot be written.
    pub(super) fn key(&mut self, file: &Path, wire: &Wire) -> Result<Box<dyn Signer>, Failure> {
        let signer = wire.new_key(file)?;
        let mut public = file.as_os_str().to_owned();
        public.push(".pub");
        self.files.extend([file.to_owned(), PathBuf::from(public)]);
        Ok(signer)
    }

    /// Makes the folder, those above it included.
    ///
    /// # Errors
    ///
    /// That it cannot be made.
    pub(super) fn break_up(&mut self) -> Result<(), Failure> {
        self.folders = self.folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
        fs::create_dir_all(&self.folder).map_err(|error| {
            Failure::outside("disk", format!("cannot make the folder `{}`", self.folder.display()))
                .because(error.to_string())
        })
    }

    /// The world of the project to be, with this person at the keyboard; a store is made where there is none.
    ///
    /// # Errors
    ///
    /// That the store cannot be made or opened.
    pub(super) fn world(&mut self, wire: &Wire, signer: Box<dyn Signer>) -> Result<World, Failure> {
        let store = self.folder.join(".chancery");
        if !store.exists() {
            self.store = Some(store);
        }
        Ok(World { signer: Ok(signer), ..wire.world_at(&self.folder)? })
    }

    /// The world of a clone to be, whose store is made and remembers its remote.
    ///
    /// # Errors
    ///
    /// That the store cannot be made.
    pub(super) fn clone(&mut self, wire: &Wire, remote: &Remote) -> Result<World, Failure> {
        let store = self.folder.join(".chancery");
        self.store = Some(store);
        remote.write(wire.world_at(&self.folder)?.settings.as_ref())?;
        wire.world_at(&self.folder)
    }

    /// The project has begun: everything stays.
    pub(super) fn keep(mut self) {
        self.files.clear();
        self.store = None;
        self.folders.clear();
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way: the same command goes on from there.
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        // Somebody else may have begun in it meanwhile.
        if let Some(store) = self.store.as_ref().filter(|store| !store.join("refs/chancery/ledger").exists()) {
            let _ = fs::remove_dir_all(store);
        }
        for folder in &self.folders {
            let _ = fs::remove_dir(folder);
        }
    }
}
