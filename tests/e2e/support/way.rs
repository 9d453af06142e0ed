//! The way to a server: it counts what passes, and can be cut at any byte.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Where bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toward {
    /// To the server.
    Server,
    /// To whoever asked it.
    Client,
}

/// What happens at a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The connection is dropped; the next one passes.
    Dropped,
    /// Every connection is dropped, and every new one, until the way is mended.
    Down,
    /// Nothing passes, and nothing is dropped, until it goes on or is down.
    Stalled,
}

/// The first byte that does not pass: its place in one direction of one connection, both counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    pub(crate) connection: usize,
    pub(crate) toward: Toward,
    pub(crate) at: u64,
}

/// What passed through each connection since the counting began: to the server, and to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passed(Vec<[u64; 2]>);

impl Passed {
    /// Cuts spread over everything that passed: at one `count + 1`th of it, at two, and so on.
    pub(crate) fn spread(&self, count: u64) -> Vec<Cut> {
        let total: u64 = self.0.iter().flatten().sum();
        (1..=count).filter_map(|number| self.cut_at(total * number / (count + 1))).collect()
    }

    /// Cuts at the first byte and shortly before the last one of everything that was said in one go.
    pub(crate) fn edges(&self) -> Vec<Cut> {
        let cuts = |[first, last]: [Cut; 2]| [first, Cut { at: last.at.saturating_sub(8), ..last }];
        self.parts().flat_map(|(cut, length)| cuts([cut, Cut { at: length, ..cut }])).collect()
    }

    /// A cut so many bytes before the end of one direction of a connection.
    pub(crate) fn before_end(&self, connection: usize, toward: Toward, bytes: u64) -> Cut {
        Cut { connection, toward, at: self.0[connection][toward as usize] - bytes }
    }

    fn cut_at(&self, mut place: u64) -> Option<Cut> {
        for (cut, length) in self.parts() {
            if place < length {
                return Some(Cut { at: place, ..cut });
            }
            place -= length;
        }
        None
    }

    /// Both directions of every connection, with how much passed.
    fn parts(&self) -> impl Iterator<Item = (Cut, u64)> {
        let both = |(connection, lengths): (usize, &[u64; 2])| {
            let part = move |toward| Cut { connection, toward, at: 0 };
            [(part(Toward::Server), lengths[0]), (part(Toward::Client), lengths[1])]
        };
        self.0.iter().enumerate().flat_map(both)
    }
}

/// A port on loopback whose connections lead to a server on another one.
pub(crate) struct Way {
    port: u16,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    to: u16,
    /// Which counting this is; connections of an earlier one are not counted.
    counting: usize,
    passed: Vec<[u64; 2]>,
    cut: Option<(Cut, Then)>,
    reached: bool,
    stalled: bool,
    down: bool,
    open: Vec<TcpStream>,
}

impl State {
    fn drop_all(&mut self) {
        for stream in self.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Way {
    /// A way to the server on this port.
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner::default());
        inner.state().to = server;
        let accepting = Arc::clone(&inner);
        // The thread waits for connections until the tests end; there is a handful of them.
        thread::spawn(move || listener.incoming().flatten().for_each(|client| accepting.accept(client)));
        Self { port, inner }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From here on it leads to the server on another port, and is whole.
    pub(crate) fn mended(&self, server: u16) {
        let mut state = self.inner.state();
        state.drop_all();
        (state.to, state.cut, state.stalled, state.down) = (server, None, false, false);
        drop(state);
        self.inner.changed.notify_all();
    }

    /// Counts from here on, and cuts at a byte where one is named.
    pub(crate) fn count(&self, cut: Option<(Cut, Then)>) {
        let mut state = self.inner.state();
        state.counting += 1;
        state.passed.clear();
        (state.cut, state.reached) = (cut, false);
    }

    /// What passed since the counting began.
    pub(crate) fn passed(&self) -> Passed {
        Passed(self.inner.state().passed.clone())
    }

    /// Whether it came to the cut.
    pub(crate) fn was_cut(&self) -> bool {
        self.inner.state().reached
    }

    /// Waits until it came to the cut; answers whether it did before it was all over.
    pub(crate) fn wait_for_cut(&self, mut over: impl FnMut() -> bool) -> bool {
        let (mut state, tick) = (self.inner.state(), Duration::from_millis(20));
        while !state.reached {
            if over() {
                return state.reached;
            }
            let waited = self.inner.changed.wait_timeout_while(state, tick, |state| !state.reached);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    /// What was stalled passes.
    pub(crate) fn go_on(&self) {
        self.inner.state().stalled = false;
        self.inner.changed.notify_all();
    }

    /// Drops every connection there is; new ones pass.
    pub(crate) fn drop_all(&self) {
        self.inner.state().drop_all();
    }

    /// Drops everything, until it is mended.
    pub(crate) fn down(&self) {
        let mut state = self.inner.state();
        (state.stalled, state.down) = (false, true);
        state.drop_all();
        drop(state);
        self.inner.changed.notify_all();
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: &Arc<Self>, client: TcpStream) {
        let mut state = self.state();
        if state.down {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", state.to)) else { return };
        state.passed.push([0, 0]);
        let (counting, connection) = (state.counting, state.passed.len() - 1);
        for stream in [&client, &server] {
            stream.set_nodelay(true).unwrap();
            at_once(stream);
            state.open.push(stream.try_clone().unwrap());
        }
        let ends = (client.try_clone().unwrap(), server.try_clone().unwrap());
        for (toward, from, to) in [(Toward::Server, client, server), (Toward::Client, ends.1, ends.0)] {
            let (inner, here) = (Arc::clone(self), Cut { connection, toward, at: 0 });
            thread::spawn(move || inner.relay(counting, here, from, to));
        }
    }

    fn relay(&self, counting: usize, here: Cut, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            at_once(&from);
            let passing = &bytes[..count];
            let before = self.cut_within(counting, here, count as u64);
            if to.write_all(&passing[..before.unwrap_or(count)]).is_err() {
                break;
            }
            if before.is_some() {
                self.cut(&from, &to);
            }
            if !self.passes() || to.write_all(&passing[before.unwrap_or(count)..]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }

    /// Counts bytes; answers how many of them are before the cut, where it is among them.
    fn cut_within(&self, counting: usize, here: Cut, count: u64) -> Option<usize> {
        let mut state = self.state();
        if state.counting != counting {
            return None;
        }
        let passed = &mut state.passed[here.connection][here.toward as usize];
        let at = *passed;
        *passed += count;
        let (cut, _) = state.cut.filter(|(cut, _)| Cut { at: 0, ..*cut } == here)?;
        (at..at + count).contains(&cut.at).then(|| usize::try_from(cut.at - at).unwrap())
    }

    fn cut(&self, from: &TcpStream, to: &TcpStream) {
        let mut state = self.state();
        state.reached = true;
        match state.cut.take() {
            Some((_, Then::Dropped)) => [from, to].iter().for_each(|stream| drop(stream.shutdown(Shutdown::Both))),
            Some((_, Then::Stalled)) => state.stalled = true,
            _ => {
                state.down = true;
                state.drop_all();
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Waits while nothing passes; answers whether anything does again.
    fn passes(&self) -> bool {
        let state = self.state();
        let state = self.changed.wait_while(state, |state| state.stalled).unwrap_or_else(PoisonError::into_inner);
        !state.down
    }
}

/// Whoever writes in small pieces waits for each to be acknowledged, which the system puts off where it can.
fn at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _ = std::os::linux::net::TcpStreamExt::set_quickack(stream, true);
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}
