// What can go wrong for a program that uses the SDK. Every error says whose fault it is.

import { FAULTS, RETRYABLE } from "./protocol.js";

/**
 * The root of every error. `code` is a word of the protocol or one of the SDK's own, `text` a
 * sentence that may be shown, `fault`: client (your program), person, author, server, network,
 * nobody.
 */
export class DreamsyncError extends Error {
  static fault = "nobody";

  constructor(code, text, fault = undefined) {
    super(`${text} (${code})`);
    this.name = new.target.name;
    this.code = code;
    this.text = text;
    this.fault = fault ?? new.target.fault;
  }
}

/** Your program asked for something that cannot be sent. */
export class UsageError extends DreamsyncError { static fault = "client"; }
/** Events were not read for so long that the oldest `count` were dropped. */
export class EventsLostError extends DreamsyncError {
  static fault = "client";

  constructor(count) {
    super("events_lost", `${count} events were dropped: they were not read.`);
    this.count = count;
  }
}
/** The server understood and says no. Not for actions: those return an outcome. */
export class RefusedError extends DreamsyncError { static fault = "person"; }
/** The server cannot just now; the same may be asked again after `retryMs`. */
export class BusyError extends DreamsyncError {
  static fault = "server";

  constructor(code, text, retryMs = 0) {
    super(code, text);
    this.retryMs = retryMs;
  }
}
/** Nothing that speaks Dreamsync answered at the address. */
export class UnreachableError extends DreamsyncError { static fault = "network"; }
/** The line was lost and could not be had again in time. */
export class LineLostError extends DreamsyncError { static fault = "network"; }
/** It was sent, and it is not known whether it was done. Look at the facts. */
export class UnknownOutcomeError extends DreamsyncError { static fault = "network"; }
/** The session is over: left, world closed, removed, resumed elsewhere, or closed by you. */
export class ClosedError extends DreamsyncError {}
/** The world no longer knows the session: enter anew. */
export class SessionLostError extends ClosedError {}
/** The other side sent what the protocol does not allow, or says that we did: a bug. */
export class ProtocolFaultError extends DreamsyncError { static fault = "server"; }

/** Return the typed error for an `error` message of the server. */
export function errorOf(code, text, retryMs) {
  if (RETRYABLE.has(code)) return new BusyError(code, text, retryMs ?? 0);
  const fault = FAULTS.get(code);
  return fault === "client" ? new UsageError(code, text) : new RefusedError(code, text, fault);
}
