// The life of a client's line: opens, reads, writes, and comes back when it is lost.

using System;
using System.Collections.Generic;
using System.IO;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Dreamsync
{
    public partial class DreamsyncClient
    {
        const string Subprotocol = "dreamsync.v1.json";
        const int OpenMs = 10000, EnterMs = 15000, SendMs = 10000, IdleMs = 50000, CloseMs = 1000;
        const int BackoffFirstMs = 250, BackoffMaxMs = 15000, StableMs = 10000, PatienceMs = 300000;
        const int FrameBytesMax = 1 << 20;

        readonly Random _dice = new Random();
        CancellationTokenSource _line = new CancellationTokenSource();
        long _liveAtMs = -1; // when the session last stood
        bool _wasStable; // the last line stood for long

        async Task Run()
        {
            int failures = 0;
            try
            {
                while (!IsOver)
                {
                    var why = await OneLine();
                    if (IsOver) return;
                    bool hasStood = _liveAtMs >= 0;
                    long retryMs = _broken == null ? -1 : _broken.Whole("retry_ms");
                    if (!hasStood && retryMs < 0) { End(why); return; }
                    if (hasStood && NowMs - _liveAtMs > PatienceMs) { End(why); return; }
                    if (_wasStable) failures = 0;
                    int ceiling = Math.Min(BackoffMaxMs, BackoffFirstMs << Math.Min(failures++, 8));
                    await Task.Delay((int)Math.Max(0, retryMs) + _dice.Next(ceiling), _stop.Token);
                }
            }
            catch (OperationCanceledException) { } // closed by the program
            finally { End(new DreamsyncException("closed", "The session is over.")); }
        }

        // Live through one socket; return why it ended.
        async Task<DreamsyncException> OneLine()
        {
            long openedMs = NowMs;
            int closeCode = 0;
            var why = new DreamsyncException("line_lost", "The line was lost.");
            lock (_gate)
            {
                _broken = null;
                _line = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            }
            Task writing = Task.FromResult(0);
            using (var socket = new ClientWebSocket())
            {
                try
                {
                    socket.Options.AddSubProtocol(Subprotocol);
                    using (var limit = Limit(OpenMs)) await socket.ConnectAsync(_url, limit.Token);
                    lock (_gate) _session.LineUp();
                    writing = Write(socket);
                    await Read(socket);
                    closeCode = (int)(socket.CloseStatus ?? 0);
                }
                catch (DreamsyncException error) { why = error; }
                catch (OperationCanceledException) { } // cut, closed, or silent for too long
                catch (Exception error)
                {
                    // A socket has many ways to fail; all of them are a line that is lost.
                    var text = _url + " cannot be reached: " + error.Message;
                    why = new DreamsyncException("unreachable", text);
                }
                _line.Cancel();
                await writing;
                await HangUp(socket);
            }
            lock (_gate)
            {
                bool wasLive = _session.State == State.Live;
                _wasStable = wasLive && NowMs - openedMs >= StableMs;
                if (wasLive) _liveAtMs = NowMs;
                _session.LineDown(closeCode);
                if (wasLive && _session.State != State.Over)
                    Keep(new Map { ["kind"] = "away", ["why"] = why.Text });
            }
            Flush();
            return why;
        }

        async Task Read(ClientWebSocket socket)
        {
            var buffer = new ArraySegment<byte>(new byte[16384]);
            long enterByMs = NowMs + EnterMs;
            while (true)
            {
                var frame = new MemoryStream();
                WebSocketReceiveResult got;
                do
                {
                    int waitMs = IsLive ? IdleMs : (int)Math.Max(1, enterByMs - NowMs);
                    using (var limit = Limit(waitMs)) got = await socket.ReceiveAsync(buffer, limit.Token);
                    if (got.MessageType == WebSocketMessageType.Close) return;
                    frame.Write(buffer.Array, 0, got.Count);
                    if (frame.Length > FrameBytesMax)
                        throw new DreamsyncException("too_big", "A frame of the server is too long.");
                } while (!got.EndOfMessage);
                var text = Encoding.UTF8.GetString(frame.GetBuffer(), 0, (int)frame.Length);
                lock (_gate) _session.Received(Json.ParseMap(text), NowMs);
                Flush();
                Wake();
                lock (_gate) if (_broken != null || _session.State == State.Over) return;
            }
        }

        async Task Write(ClientWebSocket socket)
        {
            try
            {
                while (true)
                {
                    List<Map> due;
                    long wakeAtMs;
                    lock (_gate)
                    {
                        due = _session.Outgoing(NowMs);
                        wakeAtMs = _session.WakeAtMs;
                    }
                    foreach (var plain in due)
                    {
                        var bytes = new ArraySegment<byte>(Encoding.UTF8.GetBytes(Json.Write(plain)));
                        using (var limit = Limit(SendMs))
                            await socket.SendAsync(bytes, WebSocketMessageType.Text, true, limit.Token);
                    }
                    int waitMs = wakeAtMs == 0 ? IdleMs : (int)Math.Max(1, wakeAtMs - NowMs);
                    await _wake.WaitAsync(waitMs, _line.Token);
                }
            }
            catch (OperationCanceledException) { } // the line has ended
            catch (Exception) { _line.Cancel(); } // the reader sees it, and says why
        }

        static async Task HangUp(ClientWebSocket socket)
        {
            try
            {
                using (var limit = new CancellationTokenSource(CloseMs))
                    if (socket.State == WebSocketState.Open || socket.State == WebSocketState.CloseReceived)
                        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
            }
            catch (Exception) { } // it is gone already, which is as good
        }

        CancellationTokenSource Limit(int ms)
        {
            var limit = CancellationTokenSource.CreateLinkedTokenSource(_line.Token);
            limit.CancelAfter(ms);
            return limit;
        }
    }
}
