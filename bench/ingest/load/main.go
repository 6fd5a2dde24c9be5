// Command load sends prepared bodies to one URL over HTTP/1.1 and prints a report as JSON.
//
// A client library takes more CPU per request than an empty Worker, so this command writes requests
// without one: one head, one body, keep-alive, one request at a time per connection. So it measures
// the server. With -rate, requests start at fixed times, and a latency counts from the time at which
// its request should have started. So a server that stalls also gets the latency of waiting requests.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// mark is the part of a body that each request replaces by its number, with the same width.
var mark = []byte("################")

type headers []string

func (h *headers) String() string     { return strings.Join(*h, ", ") }
func (h *headers) Set(s string) error { *h = append(*h, s); return nil }

type options struct {
	url         *url.URL
	head        string
	connections int
	rate        float64
	duration    time.Duration
	retry       time.Duration
	timeout     time.Duration
}

// result has the counts of one connection. They are added at the end.
type result struct {
	statuses  map[string]int
	latencies []time.Duration
	acked     int
	first     time.Time
	last      time.Time
}

type report struct {
	Acked          int            `json:"acked"`
	Statuses       map[string]int `json:"statuses"`
	Seconds        float64        `json:"seconds"`
	StartUnixNano  int64          `json:"start_unix_nano"`
	FinishUnixNano int64          `json:"finish_unix_nano"`
	P50            float64        `json:"p50_ms"`
	P95            float64        `json:"p95_ms"`
	P99            float64        `json:"p99_ms"`
	Max            float64        `json:"max_ms"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run() error {
	var extra headers
	address := flag.String("url", "", "URL of the POST requests, http only")
	file := flag.String("bodies", "", "file of bodies, each after its length (4 bytes, big endian)")
	flag.Var(&extra, "header", "a header line; may be repeated")
	connections := flag.Int("connections", 8, "number of parallel requests")
	rate := flag.Float64("rate", 0, "requests a second; 0: without a pause after a response")
	duration := flag.Duration("duration", 0, "duration of the load; 0: until each body was sent once")
	retry := flag.Duration("retry", 0, "pause before a rejected or lost request is repeated; 0: no repeat")
	timeout := flag.Duration("timeout", 60*time.Second, "timeout of one request")
	flag.Parse()
	target, err := url.Parse(*address)
	if err != nil || target.Scheme != "http" {
		return fmt.Errorf("-url: %q; allowed: http://host:port/path", *address)
	}
	bodies, err := readBodies(*file)
	if err != nil {
		return err
	}
	head := "POST " + target.RequestURI() + " HTTP/1.1\r\nHost: " + target.Host + "\r\n"
	for _, line := range extra {
		head += line + "\r\n"
	}
	opts := options{target, head, *connections, *rate, *duration, *retry, *timeout}
	return json.NewEncoder(os.Stdout).Encode(send(opts, bodies))
}

func readBodies(path string) ([][]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var bodies [][]byte
	for len(data) > 0 {
		if len(data) < 4 {
			return nil, errors.New("-bodies: the file is incomplete")
		}
		size := int(binary.BigEndian.Uint32(data))
		if len(data) < 4+size {
			return nil, errors.New("-bodies: the file is incomplete")
		}
		bodies = append(bodies, data[4:4+size])
		data = data[4+size:]
	}
	if len(bodies) == 0 {
		return nil, errors.New("-bodies: the file is empty")
	}
	return bodies, nil
}

func send(opts options, bodies [][]byte) report {
	start := time.Now()
	var next atomic.Int64
	results := make([]result, opts.connections)
	var group sync.WaitGroup
	for index := range results {
		group.Add(1)
		go func() {
			defer group.Done()
			results[index] = newConnection(opts).drain(start, &next, bodies)
		}()
	}
	group.Wait()
	return summarize(results)
}

type connection struct {
	opts   options
	socket net.Conn
	reader *bufio.Reader
	buffer []byte
	result result
}

func newConnection(opts options) *connection {
	return &connection{opts: opts, result: result{statuses: map[string]int{}}}
}

// drain sends the body of the next number, until all bodies are sent or the time is over.
func (c *connection) drain(start time.Time, next *atomic.Int64, bodies [][]byte) result {
	for {
		number := next.Add(1) - 1
		if c.opts.duration == 0 && number >= int64(len(bodies)) {
			break
		}
		due := time.Now()
		if c.opts.rate > 0 {
			due = start.Add(time.Duration(float64(number) / c.opts.rate * float64(time.Second)))
		}
		if c.opts.duration > 0 && due.Sub(start) >= c.opts.duration {
			break
		}
		time.Sleep(time.Until(due))
		c.deliver(due, number, bodies[number%int64(len(bodies))])
	}
	if c.socket != nil {
		c.socket.Close()
	}
	return c.result
}

// deliver sends one body. With -retry it repeats the request until it is accepted.
func (c *connection) deliver(due time.Time, number int64, body []byte) {
	if c.result.first.IsZero() {
		c.result.first = due
	}
	for {
		status, err := c.exchange(number, body)
		name := strconv.Itoa(status)
		if err != nil {
			name = "cut"
		}
		c.result.statuses[name]++
		done := err == nil && status < 300
		if done {
			c.result.acked++
			c.result.latencies = append(c.result.latencies, time.Since(due))
		}
		if done || c.opts.retry == 0 {
			c.result.last = time.Now()
			return
		}
		time.Sleep(c.opts.retry)
	}
}

func (c *connection) exchange(number int64, body []byte) (int, error) {
	if c.socket == nil {
		socket, err := net.DialTimeout("tcp", c.opts.url.Host, c.opts.timeout)
		if err != nil {
			return 0, err
		}
		c.socket, c.reader = socket, bufio.NewReaderSize(socket, 16<<10)
	}
	status, err := c.roundTrip(number, body)
	if err != nil {
		c.socket.Close()
		c.socket = nil
	}
	return status, err
}

func (c *connection) roundTrip(number int64, body []byte) (int, error) {
	if err := c.socket.SetDeadline(time.Now().Add(c.opts.timeout)); err != nil {
		return 0, err
	}
	c.buffer = append(c.buffer[:0], c.opts.head...)
	c.buffer = fmt.Appendf(c.buffer, "Content-Length: %d\r\n\r\n", len(body))
	at := len(c.buffer)
	c.buffer = append(c.buffer, body...)
	if place := bytes.Index(c.buffer[at:min(len(c.buffer), at+512)], mark); place >= 0 {
		copy(c.buffer[at+place:], fmt.Appendf(nil, "%0*d", len(mark), number))
	}
	if _, err := c.socket.Write(c.buffer); err != nil {
		return 0, err
	}
	return readResponse(c.reader)
}

// readResponse reads one response to its end. These servers send a length or chunks.
func readResponse(reader *bufio.Reader) (int, error) {
	line, err := reader.ReadSlice('\n')
	if err != nil || len(line) < 12 {
		return 0, errors.Join(err, io.ErrUnexpectedEOF)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, err
	}
	length, chunked := 0, false
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		name, value, _ := strings.Cut(strings.ToLower(string(line)), ":")
		value = strings.TrimSpace(value)
		switch {
		case name == "content-length":
			if length, err = strconv.Atoi(value); err != nil {
				return 0, err
			}
		case name == "transfer-encoding" && value == "chunked":
			chunked = true
		}
	}
	if chunked {
		err = discardChunks(reader)
	} else {
		_, err = reader.Discard(length)
	}
	return status, err
}

func discardChunks(reader *bufio.Reader) error {
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return err
		}
		if _, err := reader.Discard(int(size) + 2); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}

func summarize(results []result) report {
	total := report{Statuses: map[string]int{}}
	var latencies []time.Duration
	var first, last time.Time
	for _, one := range results {
		total.Acked += one.acked
		latencies = append(latencies, one.latencies...)
		for name, count := range one.statuses {
			total.Statuses[name] += count
		}
		if !one.first.IsZero() && (first.IsZero() || one.first.Before(first)) {
			first = one.first
		}
		if one.last.After(last) {
			last = one.last
		}
	}
	sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
	at := func(share float64) float64 {
		if len(latencies) == 0 {
			return 0
		}
		return float64(latencies[int(share*float64(len(latencies)-1))].Microseconds()) / 1000
	}
	total.Seconds = last.Sub(first).Seconds()
	total.StartUnixNano, total.FinishUnixNano = first.UnixNano(), last.UnixNano()
	total.P50, total.P95, total.P99, total.Max = at(0.5), at(0.95), at(0.99), at(1)
	return total
}
