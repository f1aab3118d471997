/** Why a terminal or its host could not be used; `message` is for people. */
export interface TerminalFailure {
  readonly reason:
    | 'no_host'
    | 'host_start_failed'
    | 'bad_token'
    | 'protocol_mismatch'
    | 'stale_epoch'
    | 'not_writer'
    | 'unknown_terminal'
    | 'terminal_ended'
    | 'id_in_use'
    | 'bad_request'
    | 'connection_lost';
  readonly message: string;
}
