/*! 问策 WenCe chat widget. Apache-2.0. One file: no dependency, no other origin, nothing inline. */
(() => {
  'use strict';

  const TAG = 'wence-chat';
  const QUESTION_CHARS = 2000;
  const HISTORY_TURNS = 10; // the service takes twenty messages
  const KEPT_TURNS = 20;
  const SLOW_MS = 8000;
  const QUIET_MS = 30000; // the service sends a heartbeat more often than this
  const TOTAL_MS = 120000;
  const WIDE = 720; // from this width the clause stands beside the answer
  const SHEET = '(max-width: 640px), (max-height: 420px)';

  // ---------------------------------------------------------------- words

  const WORDS = {
    zh: {
      title: '政策问答',
      subtitle: '依据政策原文作答，句句注明出处',
      greeting: '您好，请用平常的话提问。回答取自政策文件，并标明依据的条款。',
      examples: '可以这样问',
      placeholder: '请输入问题',
      hint: '按回车发送，按 Shift 加回车换行',
      disclaimer: '回答由系统摘自政策文件，供参考；办理事项以正式文件为准。',
      conversation: '对话',
      question: '您问：',
      answer: '回答：',
      send: '发送',
      stop: '停止',
      closePanel: '关闭',
      fresh: '新对话',
      larger: '大字',
      latest: '下面还有内容',
      scope: '只查：{scope}',
      anywhere: '全部地区',
      region: '地区',
      searching: '正在查找依据',
      composing: '找到 {n} 处依据，正在整理',
      slow: '仍在处理，请稍候，也可以停止',
      stopped: '已停止，以上内容不完整。',
      cut: '连接中断，以上内容不完整。',
      again: '重新提问',
      retry: '重试',
      retryIn: '{n} 秒后可重试',
      copy: '复制',
      copied: '已复制',
      notCopied: '没能复制，请手动选取',
      print: '打印',
      up: '有用',
      down: '没用',
      thanks: '已收到，谢谢。',
      why: { up: '哪里有帮助？（可不填）', down: '哪里不对？（可不填）' },
      submit: '提交',
      notSent: '评价没有送达，请重试。',
      sources: '依据',
      allSources: '显示全部 {n} 条',
      mark: '引文 {n}：{where}',
      source: '引文',
      nearby: '相近条款',
      place: '{kind} {n} / {total}',
      previous: '上一条',
      next: '下一条',
      closeSource: '关闭引文',
      formal: '正式引文',
      copyFormal: '复制引文',
      read: '在全文中查看',
      newTab: '（新窗口）',
      number: '发文字号',
      table: '表格',
      by: '由语言模型 {model} 撰写，已核对引文',
      refusals: { no_evidence: '现有文件中没有找到依据', out_of_scope: '这不属于政策问答的范围', unsafe: '这个问题不宜回答' },
      offline: '网络已断开，连上后可以继续提问。',
      errors: {
        offline: ['连不上服务', '请检查网络，然后重试。'],
        limited: ['提问太频繁', '请稍等片刻再试。'],
        busy: ['服务暂时无法作答', '服务正忙，或正在载入文件，请稍后重试。'],
        denied: ['没有获准使用', '这个页面没有获准使用问答服务，请联系网站管理员。'],
        invalid: ['问题无法处理', '请修改问题后再试。'],
        cut: ['回答没有送到', '连接在中途断开，请重试。'],
        timeout: ['等候太久', '服务没有及时作答，请稍后重试。'],
        server: ['服务出错了', '请稍后重试；若仍出现，请把下面的编号告诉管理员。'],
      },
      requestId: '请求编号 {id}',
      printed: '打印于 {time}',
    },
    en: {
      title: 'Policy Q&A',
      subtitle: 'Every answer names its clause',
      greeting: 'Ask in your own words. Answers are taken from the policy documents and name the clause they rest on.',
      examples: 'For example',
      placeholder: 'Type a question',
      hint: 'Enter sends, Shift and Enter breaks the line',
      disclaimer: 'Answers are excerpts for reference; the official documents prevail.',
      conversation: 'Conversation',
      question: 'You asked: ',
      answer: 'Answer: ',
      send: 'Send',
      stop: 'Stop',
      closePanel: 'Close',
      fresh: 'New conversation',
      larger: 'Large text',
      latest: 'More below',
      scope: 'Searching only: {scope}',
      anywhere: 'All regions',
      region: 'Region',
      searching: 'Looking for evidence',
      composing: 'Found {n} sources, composing',
      slow: 'Still working; you may wait or stop',
      stopped: 'Stopped; the text above is incomplete.',
      cut: 'The connection broke; the text above is incomplete.',
      again: 'Ask again',
      retry: 'Try again',
      retryIn: 'Try again in {n} s',
      copy: 'Copy',
      copied: 'Copied',
      notCopied: 'Could not copy; please select by hand',
      print: 'Print',
      up: 'Helpful',
      down: 'Not helpful',
      thanks: 'Received, thank you.',
      why: { up: 'What helped? (optional)', down: 'What is wrong? (optional)' },
      submit: 'Submit',
      notSent: 'Feedback was not delivered; please try again.',
      sources: 'Sources',
      allSources: 'Show all {n}',
      mark: 'Citation {n}: {where}',
      source: 'Citation',
      nearby: 'Related clause',
      place: '{kind} {n} / {total}',
      previous: 'Previous',
      next: 'Next',
      closeSource: 'Close citation',
      formal: 'Formal citation',
      copyFormal: 'Copy citation',
      read: 'Read in the full document',
      newTab: ' (new window)',
      number: 'Number',
      table: 'Table',
      by: 'Written by the language model {model}, citations checked',
      refusals: {
        no_evidence: 'The documents hold no evidence for this',
        out_of_scope: 'This is outside policy questions',
        unsafe: 'This question cannot be answered',
      },
      offline: 'You are offline. You can go on once the network is back.',
      errors: {
        offline: ['The service cannot be reached', 'Check the network, then try again.'],
        limited: ['Too many questions', 'Please wait a moment before trying again.'],
        busy: ['The service cannot answer right now', 'It is busy or still loading documents. Please try again later.'],
        denied: ['Not permitted', 'This page may not use the service. Please contact the site administrator.'],
        invalid: ['The question cannot be processed', 'Please change the question and try again.'],
        cut: ['The answer did not arrive', 'The connection broke midway. Please try again.'],
        timeout: ['This took too long', 'The service did not answer in time. Please try again later.'],
        server: ['Something went wrong', 'Try again later; if it persists, give the administrator the number below.'],
      },
      requestId: 'Request {id}',
      printed: 'Printed {time}',
    },
  };

  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // ---------------------------------------------------------------- building nodes

  const ICONS = {
    chat: 'M5 4.5h14a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2h-7.5L7 20.5V17H5a2 2 0 0 1-2-2V6.5a2 2 0 0 1 2-2ZM8 9h8M8 12.5h5',
    close: 'M6 6l12 12M18 6L6 18',
    fresh: 'M12 4.5H6a2 2 0 0 0-2 2V18a2 2 0 0 0 2 2h11.5a2 2 0 0 0 2-2v-6M9.5 14.5l.7-3 8-8 2.3 2.3-8 8z',
    send: 'M12 19V5M6 11l6-6 6 6',
    stop: 'M7 7h10v10H7z',
    previous: 'M14.5 6l-6 6 6 6',
    next: 'M9.5 6l6 6-6 6',
    down: 'M12 5v14M6 13l6 6 6-6',
    copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
    print: 'M7 8V4h10v4M7 17H4V8h16v9h-3M7 14h10v6H7z',
    thumbUp: 'M7 11v9H4v-9zM7 11l4-7c1.5 0 2.5 1 2.5 2.5L13 10h5.5c1.2 0 2 1 1.8 2.2l-1.1 6A2.2 2.2 0 0 1 17 20H7',
    thumbDown: 'M7 13V4H4v9zM7 13l4 7c1.5 0 2.5-1 2.5-2.5L13 14h5.5c1.2 0 2-1 1.8-2.2l-1.1-6A2.2 2.2 0 0 0 17 4H7',
    link: 'M10 6H5v13h13v-5M13 5h6v6M19 5l-8.5 8.5',
    info: 'M12 11v5.5M12 7.5v.2M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z',
    warn: 'M12 9v5M12 16.8v.2M12 3.5l9.5 16.5h-19z',
    retry: 'M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5',
  };

  /** Make an element. `text` becomes its text, `onclick` and the like listeners, the rest attributes. */
  function h(tag, props, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name === 'text') node.textContent = value;
      else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? '' : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
    return node;
  }

  function icon(name) {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', ICONS[name]);
    for (const [key, value] of [['viewBox', '0 0 24 24'], ['aria-hidden', 'true'], ['focusable', 'false']]) {
      svg.setAttribute(key, value);
    }
    svg.append(path);
    return svg;
  }

  const iconButton = (name, label, onclick, props) =>
    h('button', { type: 'button', class: 'icon', 'aria-label': label, title: label, onclick, ...props }, icon(name));

  // ---------------------------------------------------------------- answer text -> nodes

  /** Cut an answer's text into blocks: paragraphs, lists, tables. A line is a paragraph of its own. */
  function blocksOf(text) {
    const blocks = [];
    let open = null;
    for (const raw of text.replace(/\r\n?/g, '\n').split('\n')) {
      const line = raw.trim();
      if (!line) {
        open = null;
        continue;
      }
      const item = /^[-*•]\s+(.*)/.exec(line);
      const step = /^(\d{1,3})[.)]\s+(.*)/.exec(line);
      const kind = line.length > 1 && line[0] === '|' ? 'table' : item ? 'ul' : step ? 'ol' : 'p';
      if (kind === 'p' || !open || open.kind !== kind) {
        open = { kind, lines: [], start: step ? Number(step[1]) : 1 };
        blocks.push(open);
      }
      open.lines.push(kind === 'ul' ? item[1] : kind === 'ol' ? step[2] : line);
    }
    return blocks;
  }

  const isRule = (cells) => cells.every((cell) => /^:?-+:?$/.test(cell));

  function cellsOf(line) {
    const inner = line.replace(/\\\|/g, '\u0000').replace(/^\|/, '').replace(/\|$/, '');
    return inner.split('|').map((cell) => cell.replace(/\u0000/g, '|').trim());
  }

  /** Turn `**bold**` and `[n]` into nodes; whatever else stands in the text stays text. */
  function inline(text, mark) {
    const nodes = [];
    let from = 0;
    // A mark stays with the character before it and the stops behind it: no line begins with either.
    for (const match of text.matchAll(/\*\*(.+?)\*\*|([^\]\s]?)((?:\[\d{1,3}\])+)([。，、；：！？）」』”’》]*)/gu)) {
      const [, bold, head, marks, tail] = match;
      const made = marks && marks.match(/\d+/g).map((n) => mark(Number(n)) || `[${n}]`);
      if (made && made.every((one) => typeof one === 'string')) continue;
      nodes.push(text.slice(from, match.index), bold ? h('strong', null, inline(bold, mark)) : h('span', { class: 'glued' }, head, made, tail));
      from = match.index + match[0].length;
    }
    nodes.push(text.slice(from));
    return nodes.filter((node) => node !== '');
  }

  function renderBlock(block, mark, words) {
    if (block.kind === 'p') {
      const heading = /^#{1,6}\s+(.*)/.exec(block.lines[0]);
      return h('p', { class: heading && 'heading' }, inline(heading ? heading[1] : block.lines[0], mark));
    }
    if (block.kind !== 'table') {
      const items = block.lines.map((line) => h('li', null, inline(line, mark)));
      return h(block.kind, { start: block.start > 1 && block.start }, items);
    }
    const rows = block.lines.map(cellsOf);
    const head = rows.length > 1 && !isRule(rows[1]) ? [] : rows.slice(0, 1);
    const body = rows.slice(head.length).filter((cells) => !isRule(cells));
    const names = head.length ? head[0].map((cell) => plain(cell).replace(/\[\d+\]/g, '')) : [];
    // The roles outlive the display of a table as blocks, on a screen too narrow for its columns.
    const row = (cells, tag) => h('tr', { role: 'row' }, cells.map((cell, n) =>
      h(tag, tag === 'th' ? { scope: 'col', role: 'columnheader' } : { role: 'cell', 'data-label': names[n] || '' }, inline(cell, mark))));
    return h('div', { class: 'table', tabindex: 0, role: 'group', 'aria-label': words.table },
      h('table', { role: 'table', class: names.length > 2 && 'many' },
        head.length > 0 && h('thead', { role: 'rowgroup' }, head.map((cells) => row(cells, 'th'))),
        h('tbody', { role: 'rowgroup' }, body.map((cells) => row(cells, 'td')))));
  }

  /** Bring `node` up to date with `text`, keeping the blocks that have not changed. */
  function renderText(node, text, mark, words) {
    const blocks = blocksOf(text);
    const made = node.made || [];
    let same = 0;
    const key = (block) => block.kind + block.lines.join('\n');
    while (same < made.length && same < blocks.length && made[same] === key(blocks[same])) same += 1;
    while (node.childNodes.length > same) node.lastChild.remove();
    node.append(...blocks.slice(same).map((block) => renderBlock(block, mark, words)));
    node.made = blocks.map(key);
  }

  /** The text as one would paste it: no asterisks, table cells between tabs. */
  function plain(text) {
    const lines = (block) => {
      if (block.kind === 'table') return block.lines.map(cellsOf).filter((cells) => !isRule(cells)).map((cells) => cells.join('\t'));
      if (block.kind === 'ol') return block.lines.map((line, n) => `${block.start + n}. ${line}`);
      return block.lines.map((line) => (block.kind === 'ul' ? `- ${line}` : line));
    };
    return blocksOf(text).flatMap(lines).join('\n').replace(/\*\*(.+?)\*\*/g, '$1');
  }

  /** What can be shown of a text that is still coming: no half of a mark, no open asterisks. */
  function settled(text) {
    const shown = text.replace(/(\[\d{0,3}|\*{1,2})$/, '');
    const last = shown.slice(shown.lastIndexOf('\n') + 1);
    return last.split('**').length % 2 ? shown : `${shown}**`;
  }

  /** Split a paragraph at the quoted words. Offsets count code points, strings here UTF-16 units. */
  function quoted({ text, quote, start, end }) {
    if (!quote) return [text, '', ''];
    const points = Array.from(text);
    const parts = [points.slice(0, start), points.slice(start, end), points.slice(end)].map((part) => part.join(''));
    if (parts[1] === quote) return parts;
    const at = text.indexOf(quote);
    return at < 0 ? [text, '', ''] : [text.slice(0, at), quote, text.slice(at + quote.length)];
  }

  // ---------------------------------------------------------------- talking to the service

  /** Why a question has no answer. `kind` names the words shown; `problem` is the service's own object. */
  class Failure extends Error {
    constructor(kind, { problem = {}, retryAfter = 0 } = {}) {
      super(problem.detail || kind);
      this.name = 'WenCeError';
      this.kind = kind;
      this.problem = problem;
      this.retryAfter = retryAfter;
    }
  }

  function kindOf(status) {
    if (status === 429) return 'limited';
    if (status === 503) return 'busy';
    if (status === 401 || status === 403) return 'denied';
    if (status === 504 || status === 408) return 'timeout';
    return status >= 400 && status < 500 && status !== 404 ? 'invalid' : 'server';
  }

  async function failureOf(response) {
    const problem = await response.json().catch(() => ({}));
    const after = response.headers.get('Retry-After');
    const seconds = Number(after) || (after ? (Date.parse(after) - Date.now()) / 1000 : 0);
    const fallback = response.status === 429 || response.status === 503 ? 10 : 0;
    return new Failure(kindOf(response.status), {
      problem: { status: response.status, ...problem },
      retryAfter: Math.min(3600, Math.ceil(seconds > 0 ? seconds : fallback)),
    });
  }

  /** Yield `[event, data]` of a stream of server-sent events; `alive()` is called for every piece. */
  async function* eventsOf(stream, alive) {
    const reader = stream.getReader();
    const decoder = new TextDecoder();
    let buffer = '';
    let name = 'message';
    let data = [];
    try {
      for (;;) {
        const { done, value } = await reader.read();
        alive();
        buffer += done ? `${decoder.decode()}\n\n` : decoder.decode(value, { stream: true });
        for (let cut; (cut = /\r\n|\n|\r(?=[^])/.exec(buffer)); ) {
          const line = buffer.slice(0, cut.index);
          buffer = buffer.slice(cut.index + cut[0].length);
          if (!line) {
            if (data.length) yield [name, JSON.parse(data.join('\n'))];
            name = 'message';
            data = [];
            continue;
          }
          const [, field, content] = /^([^:]*):? ?([^]*)$/.exec(line);
          if (field === 'event') name = content;
          else if (field === 'data') data.push(content); // a comment has an empty field name
        }
        if (done) return;
      }
    } finally {
      reader.cancel().catch(() => {});
    }
  }

  class Client {
    constructor() {
      this.base = '';
      this.streaming = true;
      this.token = null;
    }

    url(path) {
      return this.base + path;
    }

    /** Ask; `on` hears of `citations` and `delta` while the answer comes. Raises Failure or AbortError. */
    async ask(body, on, signal) {
      if (this.streaming) {
        const answer = await this.stream(body, on, signal);
        if (answer) return answer;
      }
      const answer = await this.guarded(signal, TOTAL_MS, async (inner) => {
        const response = await this.post('/api/v1/ask', { ...body, stream: false }, inner);
        return response.json().catch(() => {
          throw new Failure('cut');
        });
      });
      this.streaming = false; // reached only where streaming was off or did not come through
      return answer;
    }

    /** Ask for a stream; null where nothing of it came through, so that plain JSON should be tried. */
    async stream(body, on, signal) {
      let begun = false;
      let answer = null;
      try {
        await this.guarded(signal, QUIET_MS, async (inner, alive) => {
          const response = await this.post('/api/v1/ask', { ...body, stream: true }, inner, 'text/event-stream, application/json');
          const type = response.headers.get('Content-Type') || '';
          if (type.includes('json')) {
            answer = await response.json();
            return;
          }
          if (!type.includes('event-stream') || !response.body) return;
          for await (const [name, data] of eventsOf(response.body, alive)) {
            begun = true;
            if (name === 'error') throw new Failure(kindOf(data.status || 500), { problem: data, retryAfter: data.status === 503 ? 10 : 0 });
            if (name === 'done') {
              answer = data;
              return;
            }
            on(name, data);
          }
        });
      } catch (error) {
        if (error instanceof Failure && !['cut', 'timeout'].includes(error.kind)) throw error;
        if (signal.aborted || begun) throw error;
      }
      if (!answer && begun) throw new Failure('cut');
      return answer;
    }

    /** Run `work` until `signal` aborts or it has been quiet for too long; name what went wrong. */
    async guarded(signal, quietMs, work) {
      const own = new AbortController();
      const abort = () => own.abort();
      let quiet = false;
      let timer;
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          quiet = true;
          own.abort();
        }, quietMs);
      };
      signal.addEventListener('abort', abort);
      alive();
      try {
        return await work(own.signal, alive);
      } catch (error) {
        if (signal.aborted || error instanceof Failure) throw error;
        throw new Failure(quiet ? 'timeout' : 'cut');
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        if (signal.aborted) own.abort();
      }
    }

    /** Post JSON; where the service wants a token, fetch a short-lived one and post again. */
    async post(path, body, signal, accept = 'application/json') {
      const send = async () => {
        const headers = { 'Content-Type': 'application/json', Accept: accept };
        if (this.token) headers.Authorization = `Bearer ${this.token}`;
        try {
          return await fetch(this.url(path), { method: 'POST', headers, body: JSON.stringify(body), signal });
        } catch (error) {
          if (error.name === 'AbortError') throw error;
          throw new Failure('offline');
        }
      };
      let response = await send();
      const refused = response.status === 401 || (response.status === 403 && this.token);
      if (refused && (await this.renew(signal))) response = await send();
      if (!response.ok) throw await failureOf(response);
      return response;
    }

    async renew(signal) {
      this.token = null;
      const response = await fetch(this.url('/api/v1/session'), { method: 'POST', signal }).catch(() => null);
      if (!response || !response.ok) return false;
      this.token = (await response.json().catch(() => ({}))).token || null;
      return Boolean(this.token);
    }
  }

  // ---------------------------------------------------------------- the element

  const OBSERVED = [
    'endpoint', 'position', 'offset', 'width', 'height', 'z-index', 'title', 'data-title', 'subtitle', 'greeting', 'placeholder',
    'questions', 'disclaimer', 'locale', 'theme', 'accent', 'mode', 'hide', 'text-size', 'regions', 'documents', 'issued-from',
    'issued-to', 'region-choices', 'scope', 'persistence', 'stream',
  ];
  const FILTERS = ['regions', 'document_ids', 'issued_from', 'issued_to', 'as_of'];
  // A document's id is its file's name, where Chinese commas are common.
  const list = (value, comma = /[,，、]/) => (value || '').split(comma).map((part) => part.trim()).filter(Boolean);

  const script = scriptOf();
  let sheet; // one for all widgets of the page

  class WenceChat extends HTMLElement {
    #client = new Client();
    #turns = [];
    #run = null; // the question being answered
    #open = false;
    #source = null; // { entries, at, kind, opener, turn }
    #filters = null;
    #region = '';
    #large = false;
    #built = false;
    #queued = false;
    #destroyed = false;
    #opener = null;
    #listeners = [];
    #cleanup = [];
    #timers = new Set();
    #ui = {};
    #words = WORDS.zh;

    static get observedAttributes() {
      return OBSERVED;
    }

    constructor() {
      super();
      this.attachShadow({ mode: 'open' });
    }

    // ------------------------------------------------------------ life

    connectedCallback() {
      if (this.#destroyed) return;
      this.#style();
      const watch = (target, name, listener) => {
        target.addEventListener(name, listener);
        this.#cleanup.push(() => target.removeEventListener(name, listener));
      };
      for (const query of ['(prefers-color-scheme: dark)', SHEET]) {
        const media = matchMedia(query);
        if (media.addEventListener) watch(media, 'change', () => this.#layout());
      }
      for (const name of ['online', 'offline', 'resize']) watch(window, name, () => this.#layout());
      if (window.visualViewport) watch(window.visualViewport, 'resize', () => this.#layout());
      if (window.ResizeObserver) {
        const observer = new ResizeObserver(() => this.#layout());
        observer.observe(this);
        this.#cleanup.push(() => observer.disconnect());
      }
      this.#large = this.#get('text-size') === 'large';
      this.#restore();
      this.#build();
      if (this.hasAttribute('open-on-load') && this.#get('open-on-load') !== 'false' && this.#mode === 'bubble') {
        this.#show(true);
      }
      this.#later(() => this.#emit('ready', {}), 0);
    }

    disconnectedCallback() {
      this.#stopRun();
      for (const undo of this.#cleanup.splice(0)) undo();
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
      this.#built = false;
    }

    attributeChangedCallback(name, before, after) {
      if (name === 'title' && after !== null) {
        // A title attribute would pop up as a tooltip over the whole widget.
        this.setAttribute('data-title', after);
        this.removeAttribute('title');
        return;
      }
      if (before === after || !this.#built) return;
      if (name === 'text-size') this.#large = after === 'large';
      if (this.#queued) return;
      this.#queued = true;
      queueMicrotask(() => {
        this.#queued = false;
        if (this.#built) this.#build();
      });
    }

    // ------------------------------------------------------------ what a page may call

    /** True while the panel is shown. */
    get isOpen() {
      return this.#mode !== 'bubble' || this.#open;
    }

    /** The filters that the next question is asked with. */
    get filters() {
      const base = this.#filters || {
        regions: list(this.#get('regions')),
        document_ids: list(this.#get('documents'), ','),
        issued_from: this.#get('issued-from') || null,
        issued_to: this.#get('issued-to') || null,
      };
      return this.#region ? { ...base, regions: [this.#region] } : { ...base };
    }

    open() {
      if (this.#mode === 'bubble' && !this.#open) this.#show(false);
    }

    close() {
      if (this.#mode !== 'bubble' || !this.#open) return;
      const { root, panel, launcher } = this.#ui;
      const inside = this.shadowRoot.activeElement;
      this.#open = false;
      panel.hidden = true;
      delete root.dataset.open;
      launcher.setAttribute('aria-expanded', 'false');
      if (inside) (this.#opener && this.#opener.isConnected ? this.#opener : launcher).focus();
      this.#opener = null;
      this.#emit('close', {});
    }

    toggle() {
      if (this.isOpen) this.close();
      else this.open();
    }

    /** Ask a question as if it had been typed. Resolves to the answer object; rejects with a WenCeError. */
    ask(question) {
      const text = String(question).trim();
      if (!text || Array.from(text).length > QUESTION_CHARS) {
        return Promise.reject(new TypeError(`a question has 1 to ${QUESTION_CHARS} characters, found ${Array.from(text).length}`));
      }
      if (!this.#built) return Promise.reject(new TypeError('the element is not in a document yet'));
      if (this.#mode === 'bubble' && !this.#open) this.#show(true);
      return this.#ask(text);
    }

    /** Stop the answer that is coming. */
    stop() {
      if (this.#run) this.#run.controller.abort();
    }

    /** Restrict the search; null goes back to the attributes. */
    setFilters(filters) {
      for (const name of Object.keys(filters || {})) {
        if (!FILTERS.includes(name)) throw new TypeError(`unknown filter "${name}", expected one of ${FILTERS.join(', ')}`);
      }
      this.#filters = filters ? { ...filters } : null;
      this.#region = '';
      if (this.#built) this.#build();
    }

    setLocale(locale) {
      this.setAttribute('locale', locale);
    }

    setTheme(theme) {
      this.setAttribute('theme', theme);
    }

    /** Begin a new conversation; what was kept of the old one is deleted. */
    reset() {
      this.#stopRun();
      this.#turns = [];
      this.#forget();
      this.#closeSource(false);
      if (this.#built) this.#build();
    }

    /** Remove the widget, its listeners and what it stored. */
    destroy() {
      this.#destroyed = true;
      this.#stopRun();
      this.#forget();
      this.remove();
      for (const [name, listener] of this.#listeners.splice(0)) this.removeEventListener(name, listener);
      this.shadowRoot.replaceChildren();
      this.#ui = {};
      widgets.delete(this);
    }

    /** Listen to an event by its short name: `on('answer', event => …)`. Returns what undoes it. */
    on(name, listener) {
      this.#listeners.push([`wence:${name}`, listener]);
      this.addEventListener(`wence:${name}`, listener);
      return () => this.off(name, listener);
    }

    off(name, listener) {
      this.removeEventListener(`wence:${name}`, listener);
      this.#listeners = this.#listeners.filter((entry) => entry[0] !== `wence:${name}` || entry[1] !== listener);
    }

    // ------------------------------------------------------------ settings

    #get(name) {
      return this.getAttribute(name) ?? '';
    }

    get #mode() {
      const mode = this.#get('mode');
      return mode === 'inline' || mode === 'fullscreen' ? mode : 'bubble';
    }

    get #title() {
      return this.#get('data-title') || this.#words.title;
    }

    get #questions() {
      return this.#get('questions').split(/[|\n]/).map((part) => part.trim()).filter(Boolean);
    }

    #hides(part) {
      return this.#get('hide').split(/[\s,]+/).includes(part);
    }

    #style() {
      const shadow = this.shadowRoot;
      if ('adoptedStyleSheets' in shadow) {
        if (!sheet) {
          sheet = new CSSStyleSheet();
          sheet.replaceSync(CSS_TEXT);
        }
        shadow.adoptedStyleSheets = [sheet];
        return;
      }
      if (shadow.querySelector('style')) return;
      const nonce = this.#get('nonce') || this.nonce || (script && script.nonce);
      const style = h('style', { nonce });
      style.textContent = CSS_TEXT;
      shadow.append(style);
    }

    #emit(name, detail, cancelable = false) {
      return this.dispatchEvent(new CustomEvent(`wence:${name}`, { detail, bubbles: true, composed: true, cancelable }));
    }

    #later(work, ms) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        work();
      }, ms);
      this.#timers.add(timer);
      return timer;
    }

    // ------------------------------------------------------------ building

    #build() {
      const old = this.#ui;
      const draft = old.input ? old.input.value : '';
      const focus = old.root && this.shadowRoot.activeElement;
      const key = focus && focus.dataset.key;
      const top = old.scroller ? old.scroller.scrollTop : 0;
      const locale = (this.#get('locale') || (this.closest('[lang]') || {}).lang || 'zh').toLowerCase();
      const words = (this.#words = locale.startsWith('en') ? WORDS.en : WORDS.zh);
      const mode = this.#mode;
      this.#client.base = endpointOf(this.#get('endpoint'));
      this.#client.streaming = this.#get('stream') !== 'off' && this.#client.streaming;

      const ui = (this.#ui = {});
      ui.log = h('div', { class: 'log', role: 'log', 'aria-label': words.conversation });
      ui.pending = h('div', { class: 'pending' });
      ui.greeting = this.#greeting();
      ui.latest = iconButton('down', words.latest, () => this.#toEnd(), { class: 'icon latest', hidden: true });
      ui.scroller = h('div', {
        class: 'scroller', tabindex: 0, role: 'region', 'aria-label': words.conversation,
        onscroll: () => this.#noteScroll(),
      }, ui.greeting, ui.log, ui.pending);
      ui.status = h('p', { class: 'sr', role: 'status' });
      ui.offline = h('p', { class: 'offline', role: 'status', text: words.offline, hidden: true });
      ui.source = h('aside', { class: 'source', 'aria-label': words.source, hidden: true });
      const chat = h('div', { class: 'chat' }, ui.offline, ui.scroller, ui.latest, this.#composer(draft));
      ui.panel = h('section', {
        class: 'panel', id: 'panel', tabindex: -1, role: mode === 'bubble' ? 'dialog' : 'region', 'aria-labelledby': 'title',
        hidden: mode === 'bubble' && !this.#open, onkeydown: (event) => this.#onKey(event),
      }, this.#header(), h('div', { class: 'body' }, chat, ui.source), ui.status);
      ui.launcher = mode === 'bubble' && h('button', {
        type: 'button', class: 'launcher', 'data-key': 'launcher', 'aria-expanded': String(this.#open), 'aria-haspopup': 'dialog', 'aria-controls': 'panel',
        onclick: () => this.toggle(),
      }, icon('chat'), h('span', { text: this.#title }));
      ui.root = h('div', { class: 'wence', lang: words === WORDS.en ? 'en' : 'zh-CN', 'data-mode': mode, 'data-open': this.#open }, ui.launcher, ui.panel);
      this.#dress();

      for (const turn of this.#turns) {
        if (turn.state === 'pending') continue;
        ui.log.append(this.#turnView(turn));
      }
      if (this.#run) this.#showPending(this.#run.turn);
      const kept = Array.from(this.shadowRoot.childNodes).filter((node) => node.nodeName === 'STYLE');
      this.shadowRoot.replaceChildren(...kept, ui.root);
      this.#built = true;
      if (this.#source) this.#drawSource(false);
      this.#layout();
      if (old.root) ui.scroller.scrollTop = top;
      else this.#toQuestion();
      if (focus) {
        const again = key && ui.root.querySelector(`[data-key="${key}"]`);
        (again && !again.hidden ? again : this.isOpen ? ui.panel : ui.launcher).focus({ preventScroll: true });
      }
    }

    #header() {
      const words = this.#words;
      const hidden = this.#hides('header');
      const choices = list(this.#get('region-choices'));
      const scope = this.#scope();
      this.#ui.large = h('button', {
        type: 'button', class: 'icon worded', 'data-key': 'large', 'aria-pressed': String(this.#large), text: words.larger,
        onclick: () => {
          this.#large = !this.#large;
          this.#ui.large.setAttribute('aria-pressed', String(this.#large));
          this.#layout();
          this.#store();
        },
      });
      // No header element: beside the page's own it would count as a second banner.
      return h('div', { class: hidden ? 'sr' : 'head' },
        h('div', { class: 'names' },
          h('h2', { id: 'title', text: this.#title }),
          scope && !choices.length
            ? h('p', { class: 'scope', text: fill(words.scope, { scope }) })
            : h('p', { text: this.hasAttribute('subtitle') ? this.#get('subtitle') : words.subtitle })),
        !hidden && h('div', { class: 'actions' },
          choices.length > 0 && h('select', {
            'data-key': 'region', 'aria-label': words.region,
            onchange: (event) => { this.#region = event.target.value; },
          }, h('option', { value: '', text: words.anywhere }),
            choices.map((region) => h('option', { value: region, text: region, selected: region === this.#region }))),
          this.#ui.large,
          iconButton('fresh', words.fresh, () => {
            this.reset();
            this.#focusInput();
          }, { 'data-key': 'fresh' }),
          this.#mode === 'bubble' && iconButton('close', words.closePanel, () => this.close(), { 'data-key': 'close' })));
    }

    /** What the search is restricted to, in words. */
    #scope() {
      if (this.#get('scope')) return this.#get('scope');
      const { regions = [], document_ids: ids = [], issued_from: from, issued_to: to } = this.filters;
      const dates = from || to ? `${from || ''}—${to || ''}` : '';
      return [...regions, ...ids, dates].filter(Boolean).join('、');
    }

    #greeting() {
      const words = this.#words;
      const questions = this.#questions;
      return h('div', { class: 'greeting', hidden: this.#turns.length > 0 },
        h('p', { text: this.#get('greeting') || words.greeting }),
        questions.length > 0 && h('div', { class: 'examples', role: 'group', 'aria-label': words.examples },
          h('p', { class: 'small', text: words.examples }),
          questions.map((question) => h('button', {
            type: 'button', text: question,
            onclick: () => {
              this.#ask(question).catch(() => {});
              this.#focusInput();
            },
          }))));
    }

    #composer(draft) {
      const words = this.#words;
      const ui = this.#ui;
      let composing = false;
      ui.input = h('textarea', {
        rows: 1, maxlength: QUESTION_CHARS, 'data-key': 'input', placeholder: this.#get('placeholder') || words.placeholder,
        'aria-label': words.placeholder, 'aria-describedby': 'hint', enterkeyhint: 'send', autocomplete: 'off',
        oncompositionstart: () => { composing = true; },
        oncompositionend: () => { composing = false; },
        oninput: () => this.#fit(),
        onkeydown: (event) => {
          // An input method confirms a word with Enter: 229 is what Safari reports after the composition has ended.
          if (event.key !== 'Enter' || event.shiftKey || composing || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          this.#submit();
        },
      });
      ui.input.value = draft;
      // No form: a sandboxed frame may not submit one.
      ui.send = h('button', { type: 'button', class: 'send', 'data-key': 'send', 'aria-label': words.send, title: words.send, disabled: !draft.trim(), onclick: () => this.#submit() }, icon('send'));
      ui.stop = h('button', { type: 'button', class: 'send stop', 'data-key': 'stop', 'aria-label': words.stop, title: words.stop, hidden: true, onclick: () => this.stop() }, icon('stop'));
      ui.count = h('span', { class: 'count', hidden: true });
      return h('div', { class: 'composer' },
        h('div', { class: 'box' }, ui.input, ui.count, ui.send, ui.stop),
        h('p', { class: 'sr', id: 'hint', text: words.hint }),
        !this.#hides('disclaimer') && h('p', { class: 'disclaimer', text: this.#get('disclaimer') || words.disclaimer }));
    }

    /** Put the settings that are styles on the root, through CSSOM: a style attribute would need the portal's leave. */
    #dress() {
      const { style } = this.#ui.root;
      const size = (name) => {
        const value = this.#get(name);
        return /^\d+(\.\d+)?$/.test(value) ? `${value}px` : value;
      };
      const [across, down] = this.#get('offset').split(/[\s,]+/);
      const px = (value) => (/^\d+$/.test(value || '') ? `${value}px` : value);
      const set = (name, value, property) => {
        if (value && CSS.supports(property, value)) style.setProperty(name, value);
      };
      set('--wence-offset-x', px(across), 'width');
      set('--wence-offset-y', px(down || across), 'width');
      set('--wence-width', size('width'), 'width');
      set('--wence-height', size('height'), 'height');
      set('--wence-z', this.#get('z-index'), 'z-index');
      set('--wence-accent', this.#get('accent'), 'color');
      const position = /^(top|bottom)-(left|right)$/.exec(this.#get('position')) || ['', 'bottom', 'right'];
      this.#ui.root.dataset.v = position[1];
      this.#ui.root.dataset.h = position[2];
      const same = (other) => other !== this && (other.getAttribute('mode') || 'bubble') === 'bubble'
        && (other.getAttribute('position') || 'bottom-right') === (this.getAttribute('position') || 'bottom-right');
      const before = Array.from(document.querySelectorAll(TAG)).filter((other) => same(other)
        && other.compareDocumentPosition(this) & Node.DOCUMENT_POSITION_FOLLOWING);
      style.setProperty('--_stack', String(before.length));
    }

    /** Follow the window: colour scheme, phone sheet, room for the clause beside the answer. */
    #layout() {
      const { root, panel, offline, scroller } = this.#ui;
      if (!root) return;
      const theme = this.#get('theme');
      const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
      const bubble = this.#mode === 'bubble';
      const isSheet = bubble && matchMedia(SHEET).matches;
      const width = bubble && !isSheet ? Math.min(window.innerWidth - 48, 880) : panel.clientWidth;
      root.dataset.scheme = dark ? 'dark' : 'light';
      root.toggleAttribute('data-large', this.#large);
      root.toggleAttribute('data-sheet', isSheet);
      root.toggleAttribute('data-wide', width >= WIDE);
      root.toggleAttribute('data-auto', this.#mode === 'inline' && this.#get('height') === 'auto');
      if (bubble) panel.setAttribute('aria-modal', String(isSheet));
      offline.hidden = navigator.onLine !== false;
      root.style.setProperty('--_page', `${scroller.clientHeight}px`);
      // The keyboard of a phone covers the page without changing its height.
      const view = window.visualViewport;
      if (isSheet && view && view.scale === 1) root.style.setProperty('--_view', `${Math.round(view.height)}px`);
      else root.style.removeProperty('--_view');
      this.#fit();
    }

    #show(quietly) {
      const { root, panel, launcher } = this.#ui;
      this.#opener = document.activeElement && document.activeElement !== document.body ? deepFocus() : null;
      this.#open = true;
      root.dataset.open = '';
      panel.hidden = false;
      launcher.setAttribute('aria-expanded', 'true');
      this.#layout();
      this.#toQuestion();
      if (!quietly) this.#focusInput();
      this.#emit('open', {});
    }

    /** Focus the question box, but on a touch screen the panel: the keyboard would cover it. */
    #focusInput() {
      (isTouch() ? this.#ui.panel : this.#ui.input).focus({ preventScroll: true });
    }

    #onKey(event) {
      if (event.isComposing || event.keyCode === 229) return;
      const { panel, root } = this.#ui;
      if (event.key === 'Escape') {
        if (this.#source) this.#closeSource(true);
        else if (this.#mode === 'bubble') this.close();
        else return;
        event.stopPropagation();
      } else if (event.key === 'Tab' && root.hasAttribute('data-sheet')) {
        const stops = Array.from(panel.querySelectorAll('button, textarea, select, a[href], [tabindex="0"]'))
          .filter((node) => !node.disabled && node.offsetParent !== null && getComputedStyle(node).visibility === 'visible');
        const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
        const at = this.shadowRoot.activeElement;
        if (at !== edge && at !== panel) return;
        if (at === panel && !event.shiftKey) return;
        event.preventDefault();
        stops[event.shiftKey ? stops.length - 1 : 0].focus();
      }
    }

    #fit() {
      const { input, send, count } = this.#ui;
      if (!input) return;
      input.style.height = 'auto';
      if (input.scrollHeight) input.style.height = `${input.scrollHeight}px`;
      send.disabled = !input.value.trim();
      count.hidden = input.value.length < QUESTION_CHARS - 200;
      count.textContent = `${input.value.length} / ${QUESTION_CHARS}`;
    }

    // ------------------------------------------------------------ asking

    #submit() {
      const { input } = this.#ui;
      const question = input.value.trim();
      if (!question || this.#run) return;
      input.value = '';
      this.#fit();
      this.#ask(question).catch(() => {}); // the failure is shown in the conversation
    }

    async #ask(question) {
      this.#stopRun();
      const filters = this.filters;
      if (!this.#emit('question', { question, filters }, true)) throw new DOMException('a listener took the question', 'AbortError');
      const turn = { question, filters, state: 'pending', text: '', citations: [], answer: null, failure: null, rating: null, stage: 'searching' };
      const run = (this.#run = { turn, controller: new AbortController() });
      const history = this.#history();
      this.#turns.push(turn);
      this.#ui.greeting.hidden = true;
      this.#showPending(turn);
      this.#toQuestion();
      this.#say(this.#words.searching);
      const slow = this.#later(() => this.#advance(turn, 'slow'), SLOW_MS);
      try {
        const body = { question, history, filters: clean(filters) };
        const answer = await this.#client.ask(body, (name, data) => this.#onEvent(turn, name, data), run.controller.signal);
        Object.assign(turn, { state: 'done', answer, text: answer.answer, citations: answer.citations || [] });
        this.#finish(run);
        this.#emit('answer', { question, answer });
        return answer;
      } catch (error) {
        const stopped = run.controller.signal.aborted;
        turn.failure = error instanceof Failure ? error : new Failure('server');
        turn.state = stopped ? 'stopped' : 'failed';
        this.#finish(run);
        if (!stopped) this.#emit('error', { question, error: turn.failure, problem: turn.failure.problem });
        throw stopped ? error : turn.failure;
      } finally {
        clearTimeout(slow);
      }
    }

    /** The exchanges before this question, as the service wants them. */
    #history() {
      return this.#turns.filter((turn) => turn.state === 'done').slice(-HISTORY_TURNS).flatMap((turn) => [
        { role: 'user', content: turn.question },
        { role: 'assistant', content: plain(turn.text).replace(/\[\d{1,3}\]/g, '').slice(0, 4000) },
      ]);
    }

    #onEvent(turn, name, data) {
      if (name === 'citations') {
        turn.citations = data;
        if (data.length) this.#advance(turn, 'composing');
      } else if (name === 'delta') {
        turn.text += data.text;
        this.#draw(turn);
      }
    }

    #advance(turn, stage) {
      turn.stage = stage;
      this.#draw(turn);
    }

    #stopRun() {
      const run = this.#run;
      if (!run) return;
      run.controller.abort();
      run.turn.state = 'stopped';
      this.#run = null;
      this.#settle(run.turn);
    }

    #finish(run) {
      if (this.#run !== run) return; // stopped, reset or destroyed meanwhile
      this.#run = null;
      this.#settle(run.turn);
      this.#store();
    }

    /** Move a finished exchange into the log, which is what announces it, once. */
    #settle(turn) {
      const { log, pending, input, stop, send, scroller } = this.#ui;
      if (!this.#built) return;
      const top = scroller.scrollTop;
      const hadFocus = this.shadowRoot.activeElement;
      const lost = hadFocus && (hadFocus === stop || pending.contains(hadFocus));
      pending.replaceChildren();
      pending.removeAttribute('aria-busy');
      if (this.#turns.includes(turn)) log.append(this.#turnView(turn));
      stop.hidden = true;
      send.hidden = false;
      this.#say('');
      this.#noteLast();
      scroller.scrollTop = top;
      if (lost) ((hadFocus.dataset.mark && turn.view && turn.view.querySelector(`[data-mark="${hadFocus.dataset.mark}"]`)) || input).focus({ preventScroll: true });
      this.#markCurrent();
      this.#noteScroll();
    }

    #say(words) {
      this.#ui.status.textContent = words;
    }

    #again(turn) {
      this.#turns = this.#turns.filter((other) => other !== turn);
      if (turn.view) turn.view.remove();
      this.#ask(turn.question).catch(() => {});
      this.#focusInput();
    }

    // ------------------------------------------------------------ scrolling

    /** Bring the last question to the top, where reading its answer begins; a turn is a screen high at least. */
    #toQuestion() {
      const { scroller, pending, log, root } = this.#ui;
      const turn = pending.firstElementChild || log.lastElementChild;
      if (!turn) return;
      this.#noteLast();
      if (root.hasAttribute('data-auto')) turn.scrollIntoView({ block: 'nearest' });
      else scroller.scrollTop = turn.offsetTop - 16;
      this.#noteScroll();
    }

    #noteLast() {
      const { pending, log } = this.#ui;
      const last = pending.firstElementChild || log.lastElementChild;
      for (const turn of [...log.children, ...pending.children]) turn.toggleAttribute('data-last', turn === last);
    }

    #noteScroll() {
      const { scroller, latest } = this.#ui;
      if (!scroller) return; // a scroll that was on its way when the widget went
      latest.hidden = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop < 60;
    }

    #toEnd() {
      const { scroller } = this.#ui;
      scroller.scrollTop = scroller.scrollHeight;
      scroller.focus({ preventScroll: true });
    }

    // ------------------------------------------------------------ showing an exchange

    #showPending(turn) {
      const { pending, send, stop } = this.#ui;
      turn.body = h('div', { class: 'text' });
      turn.wait = h('p', { class: 'wait' }, h('i', { 'aria-hidden': 'true' }), h('span'));
      pending.replaceChildren(h('article', { class: 'turn' }, this.#questionView(turn), turn.body, turn.wait));
      pending.setAttribute('aria-busy', 'true');
      send.hidden = true;
      stop.hidden = false;
      this.#draw(turn);
    }

    #draw(turn) {
      if (turn.state !== 'pending' || turn.scheduled) return;
      turn.scheduled = true;
      // A hidden tab has no animation frames.
      (document.hidden ? (work) => this.#later(work, 60) : requestAnimationFrame)(() => {
        turn.scheduled = false;
        if (turn.state !== 'pending' || !this.#built) return;
        const words = this.#words;
        renderText(turn.body, settled(turn.text), this.#marker(turn), words);
        const stage = fill(words[turn.stage], { n: turn.citations.length });
        turn.wait.lastChild.textContent = stage;
        turn.wait.hidden = Boolean(turn.text) && turn.stage !== 'slow';
        if (turn.stage === 'slow') this.#say(stage);
        this.#noteScroll();
      });
    }

    #questionView(turn) {
      return h('h3', { class: 'asked' }, h('span', { class: 'sr', text: this.#words.question }), turn.question);
    }

    #turnView(turn) {
      const content = turn.state === 'done' ? this.#answerView(turn) : this.#failureView(turn);
      turn.view = h('article', { class: 'turn' }, this.#questionView(turn), content);
      return turn.view;
    }

    #answerView(turn) {
      const { answer } = turn;
      const words = this.#words;
      const text = h('div', { class: 'text' });
      renderText(text, turn.text, this.#marker(turn), words);
      const model = /^llm:([^;]+)/.exec(answer.generator || '');
      const nearby = answer.suggestions || [];
      if (answer.answered === false) {
        const reason = (answer.refusal || {}).reason;
        return [h('div', { class: 'refusal' },
          h('p', { class: 'label' }, icon('info'), words.refusals[reason] || words.refusals.no_evidence), text,
          nearby.length > 0 && [h('p', { class: 'small', text: words.nearby }), this.#entries(turn, nearby, 'nearby')]),
        this.#toolbar(turn)];
      }
      return [
        answer.notice && h('p', { class: 'notice' }, icon('warn'), answer.notice),
        h('span', { class: 'sr', text: words.answer }), text,
        turn.citations.length > 0 && h('div', { class: 'sources' },
          h('p', { class: 'small', text: words.sources }), this.#entries(turn, turn.citations, 'source')),
        nearby.length > 0 && h('div', { class: 'sources' },
          h('p', { class: 'small', text: words.nearby }), this.#entries(turn, nearby, 'nearby')),
        model && h('p', { class: 'small', text: fill(words.by, { model: model[1] }) }),
        this.#toolbar(turn)];
    }

    /** A list of clauses that open beside the answer: three, and a button for the rest. */
    #entries(turn, entries, kind) {
      const items = entries.map((entry, at) => h('li', { hidden: at > 2 },
        h('button', {
          type: 'button', 'data-entry': `${kind}${at}`,
          onclick: (event) => this.#openSource(turn, entries, at, kind, event.currentTarget),
        },
        kind === 'source' && h('b', { text: entry.index }),
        h('span', null, h('span', { class: 'where', text: entry.quote || lastOf(entry.heading_path) || entry.text }),
          h('span', { class: 'which', text: [entry.quote && lastOf(entry.heading_path), entry.document_title].filter(Boolean).join(' · ') })))));
      const more = items.length > 3 && h('button', {
        type: 'button', class: 'more', text: fill(this.#words.allSources, { n: items.length }),
        onclick: (event) => {
          for (const item of items) item.hidden = false;
          items[3].firstChild.focus();
          event.target.remove();
        },
      });
      return [h('ol', { class: 'entries' }, items), more];
    }

    /** Return what turns `[n]` into a button, and into nothing where the answer has no such citation. */
    #marker(turn) {
      return (n) => {
        const at = turn.citations.findIndex((citation) => citation.index === n);
        if (at < 0) return null;
        const citation = turn.citations[at];
        const where = [citation.document_title, lastOf(citation.heading_path)].filter(Boolean).join(' ');
        return h('button', {
          type: 'button', class: 'mark', text: String(n), 'data-mark': n, 'aria-label': fill(this.#words.mark, { n, where }), title: where,
          onclick: (event) => this.#openSource(turn, turn.citations, at, 'source', event.currentTarget),
        });
      };
    }

    #failureView(turn) {
      const words = this.#words;
      if (turn.text) {
        const text = h('div', { class: 'text' });
        renderText(text, settled(turn.text), this.#marker(turn), words);
        return [text, h('p', { class: 'notice' }, icon('warn'), turn.state === 'stopped' ? words.stopped : words.cut), this.#retry(turn, words.again)];
      }
      if (turn.state === 'stopped') return [h('p', { class: 'small', text: words.stopped.split(/[，;]/)[0] }), this.#retry(turn, words.again)];
      const { kind, problem } = turn.failure;
      const [title, advice] = words.errors[kind];
      // The service explains itself in Chinese.
      const detail = words === WORDS.zh && problem.detail && kind !== 'denied' ? problem.detail : advice;
      return [h('div', { class: 'error' },
        h('p', { class: 'label' }, icon('warn'), title), h('p', { text: detail }),
        kind === 'server' && problem.request_id && h('p', { class: 'small', text: fill(words.requestId, { id: problem.request_id }) })),
      this.#retry(turn, words.retry)];
    }

    #retry(turn, label) {
      const button = h('button', { type: 'button', class: 'plain', onclick: () => this.#again(turn) }, icon('retry'), h('span', { text: label }));
      if (turn.failure && turn.failure.retryAfter && !turn.ready) turn.ready = Date.now() + turn.failure.retryAfter * 1000;
      const tick = () => {
        const left = Math.ceil(((turn.ready || 0) - Date.now()) / 1000);
        button.disabled = left > 0;
        button.lastChild.textContent = left > 0 ? fill(this.#words.retryIn, { n: left }) : label;
        if (left > 0) this.#later(() => button.isConnected && tick(), 1000);
      };
      tick();
      return h('div', { class: 'tools' }, button);
    }

    // ------------------------------------------------------------ copy, print, feedback

    #toolbar(turn) {
      const words = this.#words;
      const tool = (name, label, onclick) => h('button', { type: 'button', class: 'tool', title: label, onclick }, icon(name), h('span', { text: label }));
      const copy = tool('copy', words.copy, () => this.#copy(this.#copyText(turn), copy));
      const rate = (rating, name) => {
        const button = tool(name, words[rating], () => this.#rate(turn, rating, bar));
        button.setAttribute('aria-pressed', String(turn.rating === rating));
        button.dataset.rating = rating;
        return button;
      };
      // What stands here need not be read out with the answer.
      const bar = h('div', { class: 'tools', 'aria-live': 'off' }, copy,
        turn.answer.answered !== false && tool('print', words.print, () => this.#print(turn)),
        h('span', { class: 'gap' }), rate('up', 'thumbUp'), rate('down', 'thumbDown'));
      return bar;
    }

    #copyText(turn) {
      const sources = turn.citations.map((citation) => `[${citation.index}] ${formalOf(citation)}\n“${citation.quote}”`);
      return [turn.question, plain(turn.text), ...(sources.length ? [`${this.#words.sources}\n${sources.join('\n')}`] : [])].join('\n\n');
    }

    async #copy(text, button) {
      const words = this.#words;
      const label = button.lastChild;
      const before = label.textContent;
      const done = await copied(text, this.shadowRoot);
      label.textContent = done ? words.copied : words.notCopied;
      this.#say(label.textContent);
      this.#later(() => { label.textContent = before; }, 2000);
    }

    async #rate(turn, rating, bar) {
      const words = this.#words;
      const before = turn.rating;
      const show = (value) => {
        turn.rating = value;
        for (const button of bar.querySelectorAll('[data-rating]')) {
          button.setAttribute('aria-pressed', String(button.dataset.rating === value));
        }
      };
      let form = bar.nextElementSibling;
      if (form) form.remove();
      show(rating);
      const note = h('p', { class: 'small', role: 'status', text: words.thanks });
      const comment = h('textarea', { rows: 2, maxlength: 2000, 'aria-label': words.why[rating], placeholder: words.why[rating] });
      const send = async (text) => {
        await this.#client.post('/api/v1/feedback', { request_id: turn.answer.request_id, rating, ...(text && { comment: text }) });
        this.#emit('feedback', { request_id: turn.answer.request_id, rating, comment: text || null });
      };
      const failed = (message) => {
        note.textContent = message;
        note.classList.add('bad');
      };
      const submit = () => {
        const text = comment.value.trim();
        const thank = () => {
          form.replaceChildren(note);
          note.textContent = words.thanks;
          note.classList.remove('bad');
          this.#focusInput();
        };
        if (text) send(text).then(thank, () => failed(words.notSent));
        else thank();
      };
      form = h('div', { class: 'comment', 'aria-live': 'off' }, note, comment,
        h('div', null, h('button', { type: 'button', class: 'plain', text: words.submit, onclick: submit })));
      bar.after(form);
      form.scrollIntoView({ block: 'nearest' });
      this.#noteScroll();
      if (!isTouch()) comment.focus({ preventScroll: true });
      try {
        await send('');
        this.#store();
      } catch {
        show(before);
        failed(words.notSent);
      }
    }

    /** Print one answer with its formal citations, from a frame: the page around it is none of ours. */
    #print(turn) {
      const words = this.#words;
      const frame = h('iframe', { class: 'sr', 'aria-hidden': 'true', tabindex: -1 });
      const text = h('div');
      renderText(text, turn.text, (n) => h('sup', { text: `[${n}]` }), words);
      const print = h('main', null, h('h1', { text: turn.question }), turn.answer.notice && h('p', { text: turn.answer.notice }), text,
        h('h2', { text: words.sources }),
        h('ol', null, turn.citations.map((citation) => h('li', { value: citation.index }, h('p', { text: formalOf(citation) }), h('blockquote', { text: citation.quote })))),
        h('footer', { text: `${fill(words.printed, { time: new Date().toLocaleString() })}　${this.#get('disclaimer') || words.disclaimer}` }));
      // Some browsers put a new empty document in place before they call a frame loaded.
      frame.addEventListener('load', () => this.#printPage(frame, turn.question, print), { once: true });
      this.shadowRoot.append(frame);
      this.#later(() => frame.remove(), 60000);
    }

    #printPage(frame, title, print) {
      const view = frame.contentWindow;
      const page = frame.contentDocument;
      page.title = title;
      page.documentElement.lang = this.#ui.root.lang;
      page.body.append(page.adoptNode(print));
      if ('adoptedStyleSheets' in page) {
        const paper = new view.CSSStyleSheet();
        paper.replaceSync(PRINT_TEXT);
        page.adoptedStyleSheets = [paper];
      }
      view.addEventListener('afterprint', () => this.#later(() => frame.remove(), 0));
      view.print();
    }

    // ------------------------------------------------------------ the clause beside the answer

    #openSource(turn, entries, at, kind, opener) {
      if (!this.#emit('citation', { citation: entries[at], kind: kind === 'source' ? 'citation' : 'suggestion', question: turn.question }, true)) return;
      this.#source = { turn, entries, at, kind, opener };
      this.#drawSource(true);
    }

    #drawSource(takeFocus) {
      const words = this.#words;
      const { source, root } = this.#ui;
      const { entries, at, kind, turn } = this.#source;
      const entry = entries[at];
      const name = kind === 'source' ? words.source : words.nearby;
      const [before, quote, after] = quoted(entry);
      const mark = quote && h('mark', { text: quote });
      const href = linkOf(this.#client.base, entry.quote_url || entry.url);
      const region = (entry.issuer || '').startsWith(entry.region || '') ? '' : entry.region;
      const facts = [entry.issuer, entry.document_number, entry.issued_on, region].filter(Boolean);
      const formal = entry.formal;
      const go = (step) => {
        this.#source.at += step;
        this.#source.opener = this.#openerOf(turn, entries[this.#source.at], this.#source.at) || this.#source.opener;
        this.#emit('citation', { citation: entries[this.#source.at], kind: kind === 'source' ? 'citation' : 'suggestion', question: turn.question });
        this.#drawSource(true);
      };
      const copy = formal && h('button', { type: 'button', class: 'plain', onclick: () => this.#copy(formal, copy) }, icon('copy'), h('span', { text: words.copyFormal }));
      const heading = h('h3', { tabindex: -1, text: fill(words.place, { kind: name, n: at + 1, total: entries.length }) });
      const clause = h('div', { class: 'clause', tabindex: 0, role: 'group', 'aria-label': entry.document_title },
        h('p', { class: 'document', text: entry.document_title }),
        facts.length > 0 && h('p', { class: 'facts' }, facts.map((fact) => h('span', { text: fact }))),
        (entry.heading_path || []).length > 0 && h('ol', { class: 'path' }, entry.heading_path.map((step) => h('li', { text: step }))),
        h('blockquote', null, before, mark, after),
        formal && h('div', { class: 'formal' }, h('p', { class: 'small', text: words.formal }), h('p', { text: formal })),
        h('div', { class: 'row' }, copy, href && h('a', { class: 'plain', href, target: '_blank', rel: 'noopener' }, icon('link'), words.read, h('span', { class: 'sr', text: words.newTab }))));
      source.replaceChildren(
        h('div', { class: 'bar' }, heading,
          iconButton('previous', words.previous, () => go(-1), { disabled: at === 0 }),
          iconButton('next', words.next, () => go(1), { disabled: at === entries.length - 1 }),
          iconButton('close', words.closeSource, () => this.#closeSource(true))),
        clause);
      source.onkeydown = (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (step && entries[at + step]) go(step);
      };
      source.hidden = false;
      root.toggleAttribute('data-source', true);
      this.#layout();
      this.#markCurrent();
      if (takeFocus) heading.focus({ preventScroll: true });
      // Document and headings above the clause stay in view where there is room for them.
      const hidden = mark && mark.offsetTop + mark.offsetHeight > clause.clientHeight - 16;
      clause.scrollTop = hidden ? mark.offsetTop - clause.clientHeight / 3 : 0;
    }

    #openerOf(turn, entry, at) {
      if (!turn.view) return null;
      return turn.view.querySelector(`[data-mark="${Number(entry.index)}"]`) || turn.view.querySelector(`[data-entry="nearby${at}"]`);
    }

    #markCurrent() {
      for (const node of this.#ui.root.querySelectorAll('[data-mark][aria-current]')) node.removeAttribute('aria-current');
      if (!this.#source || this.#source.kind !== 'source') return;
      const { turn, entries, at } = this.#source;
      for (const node of (turn.view || this.#ui.pending).querySelectorAll(`[data-mark="${Number(entries[at].index)}"]`)) node.setAttribute('aria-current', 'true');
    }

    #closeSource(takeFocus) {
      if (!this.#source) return;
      const { opener, turn, entries, at } = this.#source;
      this.#source = null;
      const { source, root } = this.#ui;
      if (!source) return;
      source.hidden = true;
      root.removeAttribute('data-source');
      this.#markCurrent();
      this.#layout();
      if (!takeFocus) return;
      const back = opener && opener.isConnected ? opener : this.#openerOf(turn, entries[at], at);
      (back || this.#ui.input).focus({ preventScroll: !back });
    }

    // ------------------------------------------------------------ what is kept

    get #storage() {
      const kept = { session: 'sessionStorage', local: 'localStorage' }[this.#get('persistence')];
      try {
        return kept ? window[kept] : null;
      } catch {
        return null; // the browser forbids it
      }
    }

    get #key() {
      return `wence:${endpointOf(this.#get('endpoint'))}:${this.id}`;
    }

    #store() {
      const storage = this.#storage;
      if (!storage) return;
      const turns = this.#turns.filter((turn) => turn.state === 'done').slice(-KEPT_TURNS)
        .map(({ question, answer, rating }) => ({ question, answer, rating }));
      try {
        storage.setItem(this.#key, JSON.stringify({ turns, large: this.#large }));
      } catch {
        // Full: the conversation goes on, unkept.
      }
    }

    #restore() {
      const storage = this.#storage;
      if (!storage || this.#turns.length) return;
      try {
        const kept = JSON.parse(storage.getItem(this.#key));
        if (!kept) return;
        this.#large = this.#large || kept.large;
        this.#turns = kept.turns.map((turn) => ({ ...turn, state: 'done', text: turn.answer.answer, citations: turn.answer.citations || [] }));
      } catch {
        this.#forget();
      }
    }

    #forget() {
      for (const name of ['sessionStorage', 'localStorage']) {
        try {
          window[name].removeItem(this.#key);
        } catch {
          // Nothing could be kept there either.
        }
      }
    }
  }

  // ---------------------------------------------------------------- small things of the element

  const isTouch = () => matchMedia('(hover: none) and (pointer: coarse)').matches;
  const lastOf = (path) => (path && path.length ? path[path.length - 1] : '');
  const formalOf = (citation) => citation.formal || `《${citation.document_title}》${lastOf(citation.heading_path)}`;

  /** Leave out what restricts nothing. */
  const clean = (filters) => Object.fromEntries(Object.entries(filters).filter(([, value]) => value && value.length !== 0));

  function deepFocus() {
    let node = document.activeElement;
    while (node && node.shadowRoot && node.shadowRoot.activeElement) node = node.shadowRoot.activeElement;
    return node;
  }

  /** The address of a page of the service; null for whatever is no web address of its origin. */
  function linkOf(base, path) {
    try {
      const home = new URL(`${base}/`);
      const prefix = home.pathname.replace(/\/$/, '');
      const url = new URL(path.startsWith('/') && !path.startsWith(`${prefix}/`) ? prefix + path : path, home);
      return url.origin === home.origin && /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  async function copied(text, root) {
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        // Not allowed here, perhaps in a frame: the old way may be.
      }
    }
    // An intranet page without https has no clipboard object.
    const focused = deepFocus();
    const area = h('textarea', { class: 'sr', 'aria-hidden': 'true', tabindex: -1 });
    area.value = text;
    root.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (focused) focused.focus({ preventScroll: true });
    return done;
  }

  function scriptOf() {
    if (document.currentScript && document.currentScript.src) return document.currentScript;
    // Loaded as a module, there is no current script.
    return Array.from(document.querySelectorAll('script[src]')).reverse().find((node) => /\/widget\.js([?#]|$)/.test(node.src)) || null;
  }

  /** The service's address without a slash at its end: as given, else where this script came from. */
  function endpointOf(given) {
    const home = script ? new URL('.', script.src).href : `${location.origin}/`;
    return (given ? new URL(given, document.baseURI).href : home).replace(/\/+$/, '');
  }

  // ---------------------------------------------------------------- looks

  const CSS_TEXT = `
    :host { all: initial; display: contents; }
    :host([mode="inline"]) { display: block; }
    :host([hidden]) { display: none; }
    *, *::before, *::after { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .wence {
      --_accent: var(--wence-accent, #1b4f93); --_on: var(--wence-on-accent, #fff);
      --_surface: var(--wence-surface, #fff); --_raised: #f5f7fa; --_tint: #eaf0f8;
      --_text: var(--wence-text, #1d2530); --_muted: #566170; --_line: #dfe4ea; --_edge: #838d9a;
      --_mark: #ffe79a; --_warn: #8a4b08; --_bad: #a42a1e; --_shadow: 0 12px 40px rgba(16, 32, 56, .18), 0 2px 8px rgba(16, 32, 56, .08);
      --_x: var(--wence-offset-x, 24px); --_y: var(--wence-offset-y, 24px); --_r: var(--wence-radius, 12px);
      color: var(--_text); color-scheme: light; font-size: var(--wence-font-size, 15px); line-height: 1.7;
      font-family: var(--wence-font, -apple-system, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", system-ui, sans-serif);
      text-align: start; overflow-wrap: anywhere; -webkit-text-size-adjust: 100%;
    }
    .wence[data-scheme="dark"] {
      --_accent: var(--wence-accent-dark, #8fb9f0); --_on: var(--wence-on-accent-dark, #10203a);
      --_surface: var(--wence-surface-dark, #171c23); --_raised: #1f2630; --_tint: #243145;
      --_text: var(--wence-text-dark, #e3e8ee); --_muted: #a4aebb; --_line: #323b47; --_edge: #7a8593;
      --_mark: #6a5416; --_warn: #f0c07a; --_bad: #ff9d90; --_shadow: 0 12px 40px rgba(0, 0, 0, .5);
      color-scheme: dark;
    }
    @supports (color: color-mix(in srgb, red, blue)) {
      .wence { --_tint: color-mix(in srgb, var(--_accent) 9%, var(--_surface)); }
      .wence[data-scheme="dark"] {
        --_accent: var(--wence-accent-dark, color-mix(in srgb, var(--wence-accent, #3d86dc) 52%, #fff));
        --_tint: color-mix(in srgb, var(--_accent) 16%, var(--_surface));
      }
    }
    .wence[data-large] { font-size: calc(var(--wence-font-size, 15px) * 1.3); }
    h2, h3, p, ol, ul, blockquote { margin: 0; padding: 0; font: inherit; }
    ol, ul { list-style-position: outside; }
    button, textarea, select, a { font: inherit; color: inherit; letter-spacing: inherit; }
    button, select { cursor: pointer; }
    button { border: 0; background: none; padding: 0; text-align: inherit; touch-action: manipulation; }
    button:disabled { cursor: default; }
    svg { width: 1.25em; height: 1.25em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
    :focus { outline: none; }
    :focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
    .sr { position: absolute !important; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .small { font-size: .867em; color: var(--_muted); }

    .launcher {
      position: fixed; z-index: var(--wence-z, 2147483000); display: flex; align-items: center; gap: .5em; min-height: 48px; padding: 0 1.25em 0 1em;
      border-radius: 24px; background: var(--_accent); color: var(--_on); font-weight: 500; box-shadow: 0 4px 16px rgba(16, 32, 56, .22);
      max-width: calc(100vw - 2 * var(--_x));
    }
    .launcher span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    .launcher:focus-visible { outline-offset: 3px; }
    [data-v="bottom"] .launcher { bottom: calc(var(--_y) + env(safe-area-inset-bottom, 0px) + var(--_stack) * 60px); }
    [data-v="top"] .launcher { top: calc(var(--_y) + env(safe-area-inset-top, 0px) + var(--_stack) * 60px); }
    [data-h="right"] .launcher { right: var(--_x); }
    [data-h="left"] .launcher { left: var(--_x); }

    .panel { display: flex; flex-direction: column; min-width: 0; background: var(--_surface); }
    [data-mode="bubble"] .panel {
      --_room: calc(100vh - 2 * var(--_y) - 60px);
      position: fixed; z-index: var(--wence-z, 2147483000); width: min(var(--wence-width, 420px), 100vw - 2 * var(--_x)); height: min(var(--wence-height, 680px), var(--_room));
      border: 1px solid var(--_line); border-radius: var(--_r); box-shadow: var(--_shadow); overflow: hidden; animation: rise .18s ease-out;
    }
    [data-mode="bubble"][data-source][data-wide] .panel { width: min(880px, 100vw - 2 * var(--_x)); }
    [data-mode="bubble"][data-v="bottom"] .panel { bottom: calc(var(--_y) + 60px); }
    [data-mode="bubble"][data-v="top"] .panel { top: calc(var(--_y) + 60px); }
    [data-mode="bubble"][data-h="right"] .panel { right: var(--_x); }
    [data-mode="bubble"][data-h="left"] .panel { left: var(--_x); }
    [data-mode="inline"] .panel { height: var(--wence-height, 620px); border: 1px solid var(--_line); border-radius: var(--_r); overflow: hidden; }
    [data-mode="fullscreen"] .panel { position: fixed; top: 0; right: 0; bottom: 0; left: 0; z-index: var(--wence-z, auto); }
    .wence[data-sheet][data-mode] .panel {
      top: 0; right: 0; bottom: auto; left: 0; width: 100%; height: 100vh; height: 100dvh; height: var(--_view, 100dvh); border: 0; border-radius: 0;
      padding: env(safe-area-inset-top, 0px) env(safe-area-inset-right, 0px) env(safe-area-inset-bottom, 0px) env(safe-area-inset-left, 0px);
    }
    .wence[data-sheet][data-open="true"] .launcher, .wence[data-sheet][data-open=""] .launcher { visibility: hidden; }
    @keyframes rise { from { opacity: 0; transform: translateY(8px); } }

    .head { display: flex; align-items: center; gap: .75em; padding: .7em 10px .7em 20px; border-bottom: 1px solid var(--_line); }
    .names { flex: 1; min-width: 0; }
    h2 { font-size: 1.067em; font-weight: 600; line-height: 1.5; }
    .names p { font-size: .8em; line-height: 1.5; color: var(--_muted); }
    .names p.scope { color: var(--_accent); }
    .actions { display: flex; align-items: center; gap: 2px; }
    .icon { display: grid; place-items: center; width: 40px; height: 40px; flex: none; border-radius: 8px; color: var(--_muted); }
    .icon:disabled { opacity: .4; }
    .icon[aria-pressed="true"] { background: var(--_tint); color: var(--_accent); }
    .worded { width: auto; padding: 0 .7em; font-size: .867em; white-space: nowrap; }
    select { height: 36px; max-width: 9em; margin-right: 4px; padding: 0 .4em; border: 1px solid var(--_edge); border-radius: 8px; background: var(--_surface); font-size: .867em; }

    .body { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 1fr); grid-template-rows: minmax(0, 1fr); }
    [data-source][data-wide] .body { grid-template-columns: minmax(0, 1fr) minmax(0, 1.05fr); }
    [data-mode="bubble"][data-source][data-wide] .body { grid-template-columns: minmax(0, 1fr) min(var(--wence-width, 420px) - 2px, 48%); }
    [data-mode="bubble"][data-h="left"][data-source][data-wide] .body { grid-template-columns: min(var(--wence-width, 420px) - 2px, 48%) minmax(0, 1fr); }
    [data-mode="bubble"][data-h="right"][data-wide] .source { order: -1; border: 0; border-right: 1px solid var(--_line); }
    .wence[data-source]:not([data-wide]) .chat { visibility: hidden; }
    .wence[data-source]:not([data-wide]) .chat, .wence[data-source]:not([data-wide]) .source { grid-area: 1 / 1; }
    .chat { position: relative; display: flex; flex-direction: column; min-height: 0; min-width: 0; }
    .offline { padding: 6px 20px; background: var(--_raised); color: var(--_warn); font-size: .867em; }
    .scroller { position: relative; flex: 1; min-height: 0; overflow-y: auto; overflow-anchor: none; overscroll-behavior: contain; padding: 16px 20px; }
    .scroller:focus-visible, .clause:focus-visible, .table:focus-visible { outline-offset: -2px; }
    .latest { position: absolute; left: calc(50% - 20px); bottom: 7.6em; border: 1px solid var(--_line); border-radius: 50%; background: var(--_surface); box-shadow: 0 2px 10px rgba(16, 32, 56, .14); }
    [data-mode="fullscreen"] .scroller > *, [data-mode="fullscreen"] .composer > * { max-width: 46em; margin-left: auto; margin-right: auto; }

    .examples { display: flex; flex-direction: column; align-items: flex-start; gap: .5em; margin-top: 1.1em; }
    .wence[data-wide]:not([data-mode="bubble"]) .examples { flex-flow: row wrap; }
    .wence[data-wide]:not([data-mode="bubble"]) .examples p { width: 100%; }
    .examples button {
      min-height: 40px; padding: .4em .95em; border: 1px solid var(--_line); border-radius: 10px; line-height: 1.5; color: var(--_accent); background: var(--_surface);
    }

    .turn { display: block; }
    .turn[data-last] { min-height: calc(var(--_page, 0px) - 36px); }
    .wence[data-auto] .turn { min-height: 0; }
    .log .turn + .turn, .log:not(:empty) + .pending .turn { margin-top: 1.6em; }
    .asked { width: fit-content; max-width: 88%; margin: 0 0 .9em auto; padding: .45em .95em; border-radius: 12px 12px 3px 12px; background: var(--_tint); white-space: pre-wrap; }
    .text > * + * { margin-top: .55em; }
    .text ul, .text ol { padding-left: 1.5em; }
    .text li + li { margin-top: .25em; }
    .text .heading { font-weight: 600; }
    strong { font-weight: 600; }
    .table { overflow-x: auto; border: 1px solid var(--_line); border-radius: 8px; }
    table { border-collapse: collapse; width: 100%; font-size: .933em; line-height: 1.6; }
    th, td { padding: .5em .75em; text-align: left; vertical-align: top; min-width: 5em; overflow-wrap: break-word; }
    th { font-weight: 600; background: var(--_raised); white-space: nowrap; }
    tr + tr > td, thead + tbody td { border-top: 1px solid var(--_line); }
    .glued { white-space: nowrap; }
    .scroller { container-type: inline-size; }
    @container (max-width: 30em) {
      .many, .many tbody, .many tr, .many td { display: block; }
      .many thead { position: absolute; clip-path: inset(50%); }
      .many tr { padding: .5em .75em; }
      .many tr + tr { border-top: 1px solid var(--_line); }
      .many td { position: relative; padding: .05em 0 .05em 5em; border: 0 !important; }
      .many td::before { content: attr(data-label); position: absolute; left: 0; width: 4.6em; color: var(--_muted); }
      .many td:first-child { font-weight: 600; }
      .many td:first-child::before { font-weight: 400; }
    }
    .mark {
      position: relative; display: inline-block; min-width: 1.55em; margin: 0 .15em; padding: 0 .3em; border-radius: 5px; background: var(--_tint); color: var(--_accent);
      font-size: .76em; font-weight: 600; line-height: 1.55; text-align: center; vertical-align: .22em;
    }
    .mark::after { content: ""; position: absolute; top: -7px; right: -3px; bottom: -7px; left: -3px; }
    .mark[aria-current="true"] { background: var(--_accent); color: var(--_on); }
    .wait { display: flex; align-items: center; gap: .7em; color: var(--_muted); }
    .text:not(:empty) + .wait { margin-top: .6em; }
    .wait i { width: .95em; height: .95em; border: 2px solid var(--_line); border-top-color: var(--_accent); border-radius: 50%; animation: turn .9s linear infinite; }
    @keyframes turn { to { transform: rotate(1turn); } }

    .notice, .label { display: flex; gap: .5em; }
    .notice { margin-bottom: .7em; padding: .5em .8em; border-radius: 8px; background: var(--_raised); color: var(--_warn); font-size: .933em; }
    .text + .notice { margin: .7em 0 0; }
    .notice svg, .label svg { margin-top: .22em; }
    .label { font-weight: 600; margin-bottom: .3em; }
    .refusal, .error { padding: .85em 1em; border: 1px solid var(--_line); border-radius: 10px; background: var(--_raised); }
    .refusal .label svg { color: var(--_accent); }
    .refusal > .small { margin: .9em 0 .4em; }
    .error .label { color: var(--_bad); }
    .sources { margin-top: .9em; }
    .sources > .small { margin-bottom: .35em; }
    .sources + .small { margin-top: .6em; }
    .entries { list-style: none; display: flex; flex-direction: column; gap: .4em; }
    .entries button { display: flex; align-items: flex-start; gap: .65em; width: 100%; min-height: 44px; padding: .45em .8em; border: 1px solid var(--_line); border-radius: 9px; background: var(--_surface); line-height: 1.5; }
    .entries b { flex: none; min-width: 1.6em; margin-top: .15em; border-radius: 5px; background: var(--_tint); color: var(--_accent); font-size: .8em; font-weight: 600; text-align: center; }
    .entries span { min-width: 0; }
    .entries .where, .entries .which { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
    .entries .where { font-size: .933em; }
    .entries .which { font-size: .8em; color: var(--_muted); }
    .more { min-height: 36px; margin-top: .2em; padding: 0 .3em; color: var(--_accent); font-size: .867em; }

    .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 2px; margin: .5em 0 0 -.5em; }
    .gap { flex: 1; }
    .tool { display: flex; align-items: center; gap: .35em; min-height: 36px; padding: 0 .55em; border-radius: 8px; color: var(--_muted); font-size: .833em; }
    .tool[aria-pressed="true"] { background: var(--_tint); color: var(--_accent); }
    .tools .plain { margin: .3em 0 0 .5em; }
    .plain { display: inline-flex; align-items: center; gap: .45em; min-height: 40px; padding: .3em .95em; border: 1px solid var(--_edge); border-radius: 9px; background: var(--_surface); text-decoration: none; line-height: 1.4; }
    .plain:disabled { border-color: var(--_line); color: var(--_muted); }
    .comment { display: grid; gap: .5em; margin-top: .5em; padding: .7em .9em; border-radius: 10px; background: var(--_raised); }
    .comment textarea { width: 100%; padding: .4em .7em; border: 1px solid var(--_edge); border-radius: 8px; background: var(--_surface); resize: vertical; }
    .bad { color: var(--_bad); }

    .composer { padding: 4px 16px 10px; }
    .box { position: relative; display: flex; align-items: flex-end; padding: 3px; border: 1px solid var(--_edge); border-radius: 12px; background: var(--_surface); }
    .box:focus-within { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }
    .box textarea { flex: 1; min-width: 0; min-height: 40px; max-height: 9.5em; padding: 6px 4px 6px .8em; border: 0; background: none; line-height: 1.7; resize: none; overflow-y: auto; }
    .box textarea:focus-visible { outline: none; }
    textarea::placeholder { color: var(--_muted); opacity: 1; }
    .count { align-self: center; padding: 0 .5em; font-size: .8em; color: var(--_muted); }
    .send { display: grid; place-items: center; width: 40px; height: 40px; flex: none; border-radius: 9px; background: var(--_accent); color: var(--_on); }
    .send:disabled { background: var(--_raised); color: var(--_edge); }
    .send.stop svg { fill: currentColor; }
    .disclaimer { margin-top: .55em; font-size: .78em; line-height: 1.5; color: var(--_muted); text-align: center; }

    .source { display: flex; flex-direction: column; min-width: 0; min-height: 0; border-left: 1px solid var(--_line); background: var(--_raised); }
    .wence:not([data-wide]) .source { border: 0; }
    .bar { display: flex; align-items: center; padding: 4px 10px 4px 20px; border-bottom: 1px solid var(--_line); }
    .bar h3 { flex: 1; font-weight: 600; font-size: .933em; }
    .bar h3:focus-visible { outline-offset: 4px; border-radius: 2px; }
    .clause { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px 20px 24px; }
    .document { font-weight: 600; line-height: 1.55; }
    .facts { display: flex; flex-wrap: wrap; gap: 0 .9em; margin-top: .25em; font-size: .833em; color: var(--_muted); }
    .path { list-style: none; margin-top: .9em; font-size: .867em; line-height: 1.6; color: var(--_muted); }
    .path li + li { padding-left: 1em; }
    .path li + li + li { padding-left: 2em; }
    .path li + li + li + li { padding-left: 3em; }
    .path li:last-child { color: var(--_text); }
    blockquote { margin-top: .8em; padding: .85em 1em; border: 1px solid var(--_line); border-radius: 8px; background: var(--_surface); line-height: 1.85; white-space: pre-wrap; }
    mark { padding: .12em 0; background: var(--_mark); color: inherit; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
    .formal { margin: 1em 0; font-size: .933em; }
    .row { display: flex; flex-wrap: wrap; gap: .6em; margin-top: 1em; font-size: .933em; }

    .wence[data-auto] .panel { height: auto; border: 0; overflow: visible; }
    .wence[data-auto] .scroller { overflow: visible; padding-left: 0; padding-right: 0; }
    .wence[data-auto] .latest { display: none; }
    .wence[data-auto] .body { grid-template-rows: auto; align-items: start; column-gap: 1.5em; }
    .wence[data-auto] .composer { position: sticky; bottom: 0; padding-left: 0; padding-right: 0; background: var(--_surface); }
    .wence[data-auto] .source { position: sticky; top: 1em; max-height: calc(100vh - 2em); border: 1px solid var(--_line); border-radius: var(--_r); overflow: hidden; }

    @media (hover: hover) {
      .launcher:hover { filter: brightness(1.08); }
      .icon:hover:not(:disabled) { background: var(--_raised); color: var(--_text); }
      .examples button:hover, .entries button:hover { border-color: var(--_accent); background: var(--_tint); }
      .mark:hover { background: var(--_accent); color: var(--_on); }
      .more:hover { text-decoration: underline; }
      .tool:hover { background: var(--_raised); color: var(--_text); }
      .plain:hover:not(:disabled) { border-color: var(--_accent); color: var(--_accent); }
      .send:hover:not(:disabled) { filter: brightness(1.08); }
      .source .icon:hover:not(:disabled) { background: var(--_line); }
    }
    @media (pointer: coarse) {
      .icon, .send { width: 44px; height: 44px; }
      .tool, .more, .examples button { min-height: 44px; }
      .box textarea { min-height: 44px; padding-top: 8px; padding-bottom: 8px; font-size: max(16px, 1em); }
    }
    @media (prefers-reduced-motion: reduce) { *, .wence .panel { animation: none !important; transition: none !important; scroll-behavior: auto !important; } .wait i { border-top-color: var(--_line); background: var(--_accent); } }
    @media (forced-colors: active) {
      .launcher, .send, .icon, .tool, .mark, .asked, .refusal, .error, .examples button { border: 1px solid ButtonText; }
      .mark[aria-current="true"], .icon[aria-pressed="true"], .tool[aria-pressed="true"] { forced-color-adjust: none; background: Highlight; color: HighlightText; }
      mark { forced-color-adjust: none; background: Mark; color: MarkText; }
      .box:focus-within { outline: 2px solid Highlight; }
    }
    @media print { .launcher, [data-mode="bubble"] .panel, .composer, .tools, .latest { display: none !important; } }
  `;

  const PRINT_TEXT = `
    main { max-width: 44em; margin: 0 auto; font: 11pt/1.8 "Noto Serif CJK SC", SimSun, serif; color: #000; }
    h1 { font-size: 15pt; line-height: 1.5; } h2 { margin-top: 2em; font-size: 12pt; }
    table { border-collapse: collapse; width: 100%; } th, td { border: 1px solid #999; padding: .3em .6em; text-align: left; }
    li { break-inside: avoid; } li p { margin: 0; } blockquote { margin: .3em 0 1em; padding-left: 1em; border-left: 2px solid #999; }
    sup { font-size: .7em; line-height: 0; } footer { margin-top: 2em; border-top: 1px solid #999; padding-top: .6em; font-size: 9pt; }
  `;

  // ---------------------------------------------------------------- joining the page

  const existing = window.WenCe;
  const widgets = existing ? existing.widgets : new Set();

  /** Make a widget: attributes by name, in camelCase or with hyphens; `target` is an element or a selector. */
  function create(options = {}) {
    const { target, ...rest } = options;
    const parent = typeof target === 'string' ? document.querySelector(target) : target || document.body;
    if (!parent) throw new Error(`no element matches the target "${target}"`);
    const node = document.createElement(TAG);
    for (const [name, value] of Object.entries(rest)) {
      const attribute = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const words = Array.isArray(value) ? value.join(attribute === 'questions' ? '|' : ',') : value;
      if (words !== null && words !== undefined && words !== false) {
        node.setAttribute(attribute === 'title' ? 'data-title' : attribute, words === true ? '' : words);
      }
    }
    parent.append(node);
    widgets.add(node);
    return node;
  }

  function joinPage() {
    const data = script ? { ...script.dataset } : {};
    const asked = Object.keys(data).length > 0;
    if ('manual' in data || script === null || (!asked && document.querySelector(TAG))) return;
    create({ endpoint: new URL('.', script.src).href, ...data });
  }

  if (!customElements.get(TAG)) customElements.define(TAG, WenceChat);
  if (!existing) window.WenCe = Object.freeze({ create, widgets });
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', joinPage, { once: true });
  else joinPage();
})();
