-- Opens a session and saves it, with its instrument that many decibels softer.
-- usage: ardour7-lua save_again.lua FOLDER NAME DECIBELS
local backend = AudioEngine:set_backend ("None (Dummy)", "", "")
backend:set_sample_rate (48000)
backend:set_buffer_size (256)
local session = load_session (arg[1], arg[2])
assert (session, "the session does not open")

local function number_of (plugin, label)
	local number = 0 -- counted over the control ports
	for port = 0, plugin:parameter_count () - 1 do
		if plugin:parameter_is_control (port) then
			if plugin:parameter_label (port) == label then return number end
			number = number + 1
		end
	end
end
local function soften ()
	for route in session:get_routes ():iter () do
		local insert = route:nth_plugin (0)
		if not insert:isnil () then
			local level = number_of (insert:to_insert ():plugin (0), "Level")
			assert (ARDOUR.LuaAPI.set_processor_param (insert, level, -tonumber (arg[3])))
		end
	end
end
soften ()
session:save_state ("")
session = nil
collectgarbage ()
close_session ()
quit ()
