-- Opens a session, lowers the level of its instrument by DECIBELS, and saves it.
-- usage: ardour7-lua save_again.lua FOLDER NAME DECIBELS
local backend = AudioEngine:set_backend ("None (Dummy)", "", "")
backend:set_sample_rate (48000)
backend:set_buffer_size (256)
local session = load_session (arg[1], arg[2])
assert (session, "the session does not open")

local function control_index (plugin, label)
	local index = 0 -- among the control ports
	for port = 0, plugin:parameter_count () - 1 do
		if plugin:parameter_is_control (port) then
			if plugin:parameter_label (port) == label then return index end
			index = index + 1
		end
	end
end
local function lower_level ()
	for route in session:get_routes ():iter () do
		local insert = route:nth_plugin (0)
		if not insert:isnil () then
			local level = control_index (insert:to_insert ():plugin (0), "Level")
			assert (ARDOUR.LuaAPI.set_processor_param (insert, level, -tonumber (arg[3])))
		end
	end
end
lower_level ()
session:save_state ("")
session = nil
collectgarbage ()
close_session ()
quit ()
