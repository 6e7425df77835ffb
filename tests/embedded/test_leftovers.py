"""What happens to servers whose owner or supervisor dies, and to processes that are not ours."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from signal import Signals

import pytest

from checkout.embedded import AlreadyRunningError, join_shared_servers, stop_servers
from checkout.embedded.placement import STATE_FILE
from checkout.embedded.processes import (
    ProcessIdentity,
    end_process,
    identify_process,
    is_alive,
    signal_process,
)
from checkout.embedded.state import read_state, write_state
from tests.embedded.owner_process import bystander, ends, owner_of, servers_on


def test_the_servers_end_when_their_owner_is_killed(directory: Path) -> None:
    """A kill -9 of the owner closes its lifeline: nothing is left running."""
    with owner_of(directory) as owner:
        state = owner.state
        owner.kill()
        assert ends(state.postgres)
        assert ends(state.valkey)
        assert ends(state.supervisor)


def test_a_start_right_after_the_owner_was_killed_succeeds(directory: Path) -> None:
    """The next start waits until the last one's servers have ended, then starts its own."""
    with owner_of(directory) as owner:
        owner.kill()
        with servers_on(directory) as servers:
            assert servers.postgres_dsn


def test_a_start_ends_what_a_killed_supervisor_left(directory: Path) -> None:
    """With owner and supervisor killed the servers run on; the next start ends them first."""
    with owner_of(directory) as owner:
        state = owner.state
        assert state.supervisor is not None
        signal_process(state.supervisor, Signals.SIGKILL)
        owner.kill()
        assert ends(state.supervisor)
        assert is_alive(state.postgres)
        assert is_alive(state.valkey)
        with servers_on(directory):
            assert not is_alive(state.postgres)
            assert not is_alive(state.valkey)


def test_a_start_ends_a_postmaster_that_no_state_file_knows(directory: Path) -> None:
    """PostgreSQL on our own data is ours, even when the state file was lost."""
    with owner_of(directory) as owner:
        state = owner.state
        assert state.supervisor is not None
        assert state.valkey is not None
        signal_process(state.supervisor, Signals.SIGKILL)
        owner.kill()
        end_process(state.valkey, Signals.SIGKILL, grace_s=10)
        (directory / STATE_FILE).unlink()
        assert is_alive(state.postgres)
        with servers_on(directory):
            assert not is_alive(state.postgres)


def test_a_second_owner_is_refused_while_the_first_lives(directory: Path) -> None:
    """Two processes never run servers on one directory; the message names the first."""
    with owner_of(directory) as owner:
        expected = rf"process {owner.process.pid} already runs servers on .*make stop"
        with (
            pytest.raises(AlreadyRunningError, match=expected),
            servers_on(directory),
        ):
            pass
        assert is_alive(owner.state.postgres)


def test_a_process_that_took_a_recorded_pid_is_left_alone(directory: Path) -> None:
    """A state file whose pids passed to other programs makes nobody signal those."""
    with owner_of(directory) as owner:
        state = owner.state
    with bystander() as other:
        reused = ProcessIdentity(other.pid, "started at another time")
        stale = dataclasses.replace(
            state, owner=reused, supervisor=reused, postgres=reused, valkey=reused
        )
        write_state(directory / STATE_FILE, stale)
        with servers_on(directory):
            assert is_alive(other)
        write_state(directory / STATE_FILE, stale)
        assert stop_servers(directory) == []
        assert is_alive(other)


def test_a_pid_file_of_postgres_that_names_another_program_is_cleared(directory: Path) -> None:
    """After a restart of the machine the pid may be anybody's: we start, and leave them alone."""
    with owner_of(directory):
        pass
    with bystander() as other:
        (directory / "postgres" / "postmaster.pid").write_text(f"{other.pid}\n{directory}\n")
        with servers_on(directory):
            assert is_alive(other)


def test_an_initialisation_broken_off_is_started_anew(directory: Path) -> None:
    """Half a data directory, as a kill during initdb leaves it, is thrown away."""
    with owner_of(directory):
        pass
    (directory / "postgres").rename(directory / "postgres.new")
    (directory / "postgres.new" / "global" / "pg_control").unlink()
    with servers_on(directory) as servers:
        assert servers.postgres_dsn
    assert not (directory / "postgres.new").exists()


def test_a_state_file_that_cannot_be_read_is_no_obstacle(directory: Path) -> None:
    """A state file cut off by a power failure is taken for none."""
    with owner_of(directory):
        pass
    (directory / STATE_FILE).write_text('{"owner": {"pid"')
    assert read_state(directory / STATE_FILE) is None
    with servers_on(directory) as servers:
        assert servers.postgres_dsn


def test_shared_servers_live_as_long_as_the_lifeline_is_held(directory: Path) -> None:
    """Whoever joins gets the same servers; they and their directory go with the lifeline."""
    directory.mkdir(mode=0o711)
    os.mkfifo(directory / "lifeline")
    holding = os.open(directory / "lifeline", os.O_RDWR | os.O_NONBLOCK)
    first = join_shared_servers(directory, lifeline=directory / "lifeline")
    second = join_shared_servers(directory, lifeline=directory / "lifeline")
    state = read_state(directory / STATE_FILE)
    assert first == second
    assert state is not None
    assert is_alive(state.postgres)
    os.close(holding)
    assert ends(state.supervisor)
    assert not is_alive(state.postgres)
    assert not directory.exists()


def test_a_process_is_known_by_its_start_and_not_by_its_pid_alone() -> None:
    """The same pid with another start time is another process, and dead for us."""
    ourselves = identify_process(os.getpid())
    assert ourselves is not None
    assert is_alive(ourselves)
    assert not is_alive(ProcessIdentity(ourselves.pid, "another time"))
