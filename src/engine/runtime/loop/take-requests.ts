import { acknowledgeRequest, rejectRequest, watchRequests } from '../../store/requests.ts';
import { parsePersonRequest, requestEvent } from './person-request.ts';
import type { RequestSource } from '../ports.ts';
import type { RunLoop } from './run-loop.ts';

/** Where requests lie and what is done with their texts. */
export interface TakeRequestsParts {
  readonly requestsFolder: string;
  readonly redact: (text: string) => string;
  readonly ports: { readonly onWarning: (message: string) => void };
}

/** Takes what other processes ask of this run: recorded first, acknowledged once that is durable, so that a crash in between repeats nothing. */
export function takeRequests(loop: RunLoop, parts: TakeRequestsParts): RequestSource {
  const { onWarning } = parts.ports;
  return watchRequests(parts.requestsFolder, {
    parse: parsePersonRequest,
    onWarning: ({ message }) => onWarning(message),
    onRequest: ({ content, file }) => {
      const event = requestEvent(loop.state, content.request, content.by);
      if (!event.ok) {
        onWarning(`A request was refused: ${event.failure.message}`);
        void rejectRequest(file);
        return;
      }
      const { value } = event;
      loop.append(value.type === 'answer_given' ? { ...value, text: parts.redact(value.text) } : value);
      void loop.settled().then((durable) => (durable ? acknowledgeRequest(file) : undefined));
    },
  });
}
